// A whole process on simulated shards: authorization server and gateway, and an MCP server that
// the gateway forwards to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "http/server.h"
#include "server/service_router.h"
#include "server/shard_service.h"
#include "tests/support/simulation.h"

namespace sluice::simulation {

inline const io::Address sluice_address = *io::Address::parse("127.0.0.1:8080");
inline const io::Address upstream_address = *io::Address::parse("127.0.0.1:9000");

/// Answers {"jsonrpc":"2.0","id":ID,"result":{"echo":BODY}} with the request's own id, after no, a
/// short or (for a tool named "slow") a long time.
class EchoUpstream final : public http::Service {
public:
    io::Task<void> serve(http::Exchange& exchange) override;
    unsigned served = 0;
};

/// Declare it before the Simulation that it is started on: a run that fails leaves coroutines
/// behind that still refer to it.
class SluiceWorld {
public:
    SluiceWorld();
    ~SluiceWorld();

    /// Builds every server shard's service and starts it; the MCP server runs on client shard
    /// `upstream_shard` until stop_upstream().
    void start(Simulation& sim, unsigned upstream_shard);
    void stop_upstream() { upstream_stop_->set(); }
    /// Before the shards are gone.
    void end() {
        services_.clear();
        upstream_stop_.reset();
    }

    EchoUpstream upstream;

private:
    io::Task<void> serve_upstream(io::Shard& shard);

    server::Config config_;
    oauth::Settings auth_settings_;
    SeededRandom random_{1};
    oauth::Keys keys_;
    resource::Settings resource_settings_;
    server::ServiceRouter router_;
    int log_fd_;
    LogWriter log_writer_;
    io::WorkerPool workers_{0, 0};
    oauth::Peers auth_peers_;
    io::Sharded<resource::Guard> guards_;
    io::Sharded<server::ShardService> services_by_shard_;
    std::vector<std::unique_ptr<server::ShardService>> services_;
    std::unique_ptr<io::Event> upstream_stop_;
};

}  // namespace sluice::simulation
