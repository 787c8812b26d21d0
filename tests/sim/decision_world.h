// The doors to the decision function on shards whose clock a test owns: an authorization server,
// the decision API and the authorizers of proxies, without any socket.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"
#include "http/exchange.h"
#include "resource/decision_api/decision_api.h"
#include "resource/decision_api/external_authorizer.h"
#include "tests/support/oauth_server.h"
#include "tests/support/oauth_settings.h"

namespace sluice::decision_test {

using oauth_test::Answer;
using oauth_test::Sent;

/// Keeps what was reported.
struct Report final : resource::Observer {
    struct Friction {
        std::string client_id;
        std::string tool;
        std::string justification;
        friction::Decision decision;
        bool acted_on;
    };
    void on_friction(const resource::FrictionEvent& event) override {
        friction.push_back({std::string(event.client_id), std::string(event.tool_name),
                            std::string(event.justification), event.decision, event.acted_on});
    }
    void on_refusal(const resource::RefusalEvent& event) override {
        refusals.emplace_back(event.code);
    }
    void on_forgiven(const resource::ForgivenEvent& event) override {
        forgiven.emplace_back(event.client_id);
    }
    std::vector<Friction> friction;
    std::vector<std::string> refusals;
    std::vector<std::string> forgiven;
};

/// A request and its answer in memory; nothing can be streamed.
class PlainExchange final : public http::Exchange {
public:
    explicit PlainExchange(const http::Request& request, io::Shard& at)
        : Exchange(request, answer_, outgoing_, at, left_, draining_, half_closed_) {}

    io::Task<io::Result<void>> begin_stream() override { return no_stream(); }
    io::Task<io::Result<void>> write(std::string_view) override { return no_stream(); }
    io::Task<io::Result<void>> finish() override { return no_stream(); }

private:
    static io::Task<io::Result<void>> no_stream() {
        CHECK(false, "a decision is no stream");
        co_return io::Result<void>();
    }
    http::Response answer_;
    http::OutgoingRequest outgoing_;
    io::CancelScope left_;
    io::CancelScope draining_;
    io::CancelScope half_closed_;
};

/// A door, as a function of the shard's services.
using Door = io::Task<void> (*)(struct Counter& counter, http::Exchange& exchange);

/// Everything of one shard.
struct Counter {
    Counter(io::Shard& at, oauth::AuthorizationServer& server, const resource::Settings& settings,
            io::Sharded<resource::Guard>& guards, Report& report, io::WorkerPool& workers);

    io::Shard& shard;
    oauth::AuthorizationServer& auth;
    SeededRandom random{3};
    resource::Guard guard;
    http::Client client;
    resource::Gateway gateway;
    resource::DecisionService service;
    resource::DecisionApi api;
    resource::ExternalAuthorizer authorizer;
};

class DecisionWorld {
public:
    /// One resource "/mcp" (https://rs.example/mcp), whose tools named delete_... need mcp:write.
    explicit DecisionWorld(const friction::RawFrictionConfig& friction, unsigned shards = 1);
    ~DecisionWorld();

    /// An access token of the client "conf" for itself.
    std::string token(std::string_view scope = "mcp:read mcp:write");

    /// Lets the exchange be answered; time passes where everybody waits, if `waits`.
    void serve(Door door, http::Exchange& exchange, unsigned shard = 0, bool waits = true);
    Answer call(Door door, const Sent& sent, unsigned shard = 0);
    /// POST /v1/decision by a resource server.
    Answer decide(std::string_view json, unsigned shard = 0);
    Answer record(std::string_view json, unsigned shard = 0);
    Answer show(std::string_view client_id, std::string_view query = "");
    Answer forgive(std::string_view client_id, std::string_view query = "");

    void advance(Duration by);
    Counter& counter(unsigned shard = 0) { return *counters_[shard]; }
    unsigned shard_count() const { return static_cast<unsigned>(shards_.size()); }

    ManualClock clock;
    Report report;
    resource::Settings resources;

private:
    void turn();

    oauth::Settings auth_settings_;
    SeededRandom random_{5};
    oauth::Keys keys_ = oauth::Keys::generate(random_);
    storage::MemoryEngine engine_{random_};
    io::WorkerPool workers_{{}, 1};
    oauth_test::RecordingObserver auth_observer_;
    oauth::Peers peers_;
    io::Sharded<resource::Guard> guards_;
    std::vector<std::unique_ptr<io::Shard>> shards_;
    std::vector<std::unique_ptr<storage::Store>> stores_;
    std::vector<std::unique_ptr<oauth::AuthorizationServer>> servers_;
    std::vector<std::unique_ptr<Counter>> counters_;
    io::TaskGroup calls_;
};

// The doors, each after its caller was admitted, as the process has them.
io::Task<void> decision_door(Counter& counter, http::Exchange& exchange);
io::Task<void> record_door(Counter& counter, http::Exchange& exchange);
io::Task<void> show_door(Counter& counter, http::Exchange& exchange);
io::Task<void> forgive_door(Counter& counter, http::Exchange& exchange);
io::Task<void> nginx_door(Counter& counter, http::Exchange& exchange);
io::Task<void> envoy_door(Counter& counter, http::Exchange& exchange);

/// What a resource server shows.
std::string proof();

}  // namespace sluice::decision_test
