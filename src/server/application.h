// The process: what all shards share, and one service on each of them.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "io/runtime.h"
#include "io/sharded.h"
#include "io/worker_pool.h"
#include "oauth/authorization_server.h"
#include "resource/guard.h"
#include "server/config/config.h"
#include "server/service_router.h"
#include "server/shard_service.h"

namespace sluice::server {

class Application {
public:
    /// Builds every shard's service and opens the listeners. `runtime` outlives the application and
    /// has not been started. log_fd  Where log lines go.
    /// Errors: an address that cannot be listened on; no descriptor left.
    static std::expected<std::unique_ptr<Application>, std::string> create(io::Runtime& runtime,
                                                                           Config config,
                                                                           int log_fd);
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    ~Application();

    /// A shard's whole work, for io::Runtime::start().
    io::Task<void> run(io::Shard& shard, io::Event& stop);

private:
    Application(io::Runtime& runtime, Config config, int log_fd, std::vector<io::Waker> wakers);
    ProcessParts parts();

    Config config_;
    SystemRandom random_;
    std::optional<oauth::Settings> auth_settings_;
    oauth::Keys keys_;
    resource::Settings resource_settings_;
    ServiceRouter router_;
    TrustedProxies proxies_;
    LogWriter log_writer_;
    io::WorkerPool workers_;
    oauth::Peers auth_peers_;
    io::Sharded<resource::Guard> guards_;
    io::Sharded<ShardService> services_by_shard_;
    unsigned shard_count_;
    std::vector<std::unique_ptr<ShardService>> services_;
};

}  // namespace sluice::server
