// Application (process): what all shards share, and one service on each of them.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/random.h"
#include "config/config.h"
#include "io/runtime.h"
#include "io/sharded.h"
#include "io/waker.h"
#include "io/worker_pool.h"
#include "oauth/authorization_server.h"
#include "resource/decision/guard.h"
#include "server/reloaded_files.h"
#include "server/service_router.h"
#include "server/shard_service.h"
#include "server/storage/engine.h"
#include "server/storage/fatal_error.h"
#include "storage/redis/redis.h"

namespace sluice::server {

class Application {
public:
    /// Builds every shard's service and opens the listeners. `runtime` outlives the application and
    /// has not been started. log_fd  Where log lines go. stop  As Parts has it.
    /// Errors: storage that cannot be opened; an address that cannot be listened on; no descriptor
    /// left.
    static std::expected<std::unique_ptr<Application>, std::string> create(
        io::Runtime& runtime, config::Config config, int log_fd, std::function<void()> stop);
    /// The same on shards of any kind, as simulations have them.
    struct Parts {
        std::vector<io::Shard*> shards;  // in the order of their indexes; outlive the application
        std::vector<io::Waker> wakers;   // one for each worker thread; none: work is done inline
        std::vector<io::Waker> lookup_wakers = {};  // the same, of the threads that look names up
        Random& random;  // for the secrets of the process; used here only
        /// Begins the end of the process where going on could lose something; from any thread.
        std::function<void()> stop = {};
    };
    static std::expected<std::unique_ptr<Application>, std::string> create(Parts parts,
                                                                           config::Config config,
                                                                           int log_fd);
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    ~Application();

    /// A shard's whole work, for io::Runtime::start().
    io::Task<void> run(io::Shard& shard, io::Event& stop);

    /// Tells every shard, and returns when all have heard. From a thread that is no shard's, while
    /// they run.
    void reload(const ReloadedFiles& reloaded, io::Waker& waker);
    /// When all has ended: whether it did because going on could have lost something.
    bool failed() const { return fatal_error_.failed(); }

private:
    Application(Parts parts, config::Config config, OpenedStorage storage, int log_fd);
    ProcessParts shared_parts();

    config::Config config_;
    std::optional<oauth::Settings> auth_settings_;
    oauth::Keys keys_;
    std::unique_ptr<storage::Redis> redis_;  // null: boxes share no windows
    ServiceRouter router_;
    TrustedProxies proxies_;
    LogWriter log_writer_;
    io::WorkerPool workers_;  // passwords
    io::WorkerPool lookups_;  // names: no flood of sign-ins keeps upstreams from being found
    OpenedStorage storage_;
    FatalError fatal_error_;
    oauth::Peers auth_peers_;
    io::Sharded<resource::Guard> guards_;
    io::Sharded<metrics::ShardStats> stats_;
    io::Sharded<ShardService> services_by_shard_;
    io::Sharded<http::Server> servers_;
    std::optional<crypto::TlsTicketKeys> ticket_keys_;  // what the shards' begin with
    std::vector<io::Shard*> shards_;
    std::vector<std::unique_ptr<ShardService>> services_;
};

}  // namespace sluice::server
