// A whole process on simulated shards: authorization server and gateway, and an MCP server that
// the gateway forwards to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"
#include "server/application.h"
#include "tests/support/simulation.h"

namespace sluice::simulation {

inline const io::Address sluice_address = *io::Address::parse("127.0.0.1:8080");
inline const io::Address upstream_address = *io::Address::parse("127.0.0.1:9000");

/// Answers {"jsonrpc":"2.0","id":ID,"result":{"echo":BODY}} with the request's own id, after no, a
/// short, or (for a tool named "slow") a long time, or never ("stuck"). GET: events without end.
class EchoUpstream final : public http::Service {
public:
    io::Task<void> serve(http::Exchange& exchange) override;
    unsigned served = 0;
    unsigned given_up = 0;  // by the gateway, before the answer
    unsigned streams = 0;   // that run now

private:
    io::Task<void> stream(http::Exchange& exchange);
};

/// Declare it before the Simulation that it is started on: a run that fails leaves coroutines
/// behind that still refer to it.
class SluiceWorld {
public:
    SluiceWorld();
    ~SluiceWorld();

    /// Builds the process on the server shards and starts it; the MCP server runs on client shard
    /// `upstream_shard` until stop_upstream().
    void start(Simulation& sim, unsigned upstream_shard);
    void stop_upstream() { upstream_stop_->set(); }
    /// Before the shards are gone.
    void end() {
        application_.reset();
        upstream_stop_.reset();
    }

    EchoUpstream upstream;

private:
    io::Task<void> serve_upstream(io::Shard& shard);

    int log_fd_;
    std::unique_ptr<server::Application> application_;
    std::unique_ptr<io::Event> upstream_stop_;
};

}  // namespace sluice::simulation
