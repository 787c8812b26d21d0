// An upstream that says exactly what a test wants, and a client in front of it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "http/client.h"
#include "io/event.h"
#include "io/listener.h"
#include "io/task_group.h"
#include "tests/support/byte_peer.h"
#include "tests/support/simulation.h"

namespace sluice::http {

inline const io::Address upstream_address = *io::Address::parse("127.0.0.1:9000");
inline const HttpUrl upstream_url = *HttpUrl::parse("http://127.0.0.1:9000/");

/// What the upstream does with one of its connections; `index` counts them from 0.
using UpstreamScript =
    std::function<io::Task<void>(io::Shard& shard, simulation::BytePeer& peer, std::size_t index)>;

/// Root of a server shard: runs `script` on every connection, then closes it.
class ScriptedUpstream {
public:
    explicit ScriptedUpstream(UpstreamScript script) : script_(std::move(script)) {}

    void start_in(simulation::Simulation& sim) {
        sim.start([this](io::Shard& shard, io::Event& stop) { return run(shard, stop); });
    }
    std::size_t connections() const { return connections_; }

private:
    io::Task<void> run(io::Shard& shard, io::Event& stop) {
        auto listener = io::Listener::open(shard, upstream_address);
        EXPECT_TRUE(listener);
        io::CancelScope scope;
        io::TaskGroup tasks;
        tasks.spawn(accept(shard, **listener, scope, tasks));
        co_await stop.wait();
        scope.cancel();
        co_await tasks.join();
        co_await (*listener)->close();
    }

    io::Task<void> accept(io::Shard& shard, io::Listener& listener, io::CancelScope& scope,
                          io::TaskGroup& tasks) {
        while (!scope.cancelled()) {
            const auto fd = co_await listener.accept(&scope);
            if (fd) tasks.spawn(serve(shard, *fd, connections_++, scope));
        }
    }

    io::Task<void> serve(io::Shard& shard, int fd, std::size_t index, io::CancelScope& scope) {
        simulation::BytePeer peer(std::make_unique<io::Stream>(shard, fd));
        peer.set_scope(&scope);
        co_await script_(shard, peer, index);
        co_await peer.close();
    }

    UpstreamScript script_;
    std::size_t connections_ = 0;
};

/// Answers every request without body with `answer`.
inline UpstreamScript always(std::string answer) {
    return [answer](io::Shard&, simulation::BytePeer& peer, std::size_t) -> io::Task<void> {
        for (;;) {
            const std::string head = co_await peer.take_through("\r\n\r\n");
            if (head.empty() || !co_await peer.send(answer)) co_return;
        }
    };
}

/// A client on a client shard of a simulation.
struct TestClient {
    explicit TestClient(io::Shard& its_shard, const ClientSettings& settings = {})
        : shard(its_shard), client(its_shard, workers, settings) {}

    Origin& origin() { return client.origin(upstream_url); }

    /// "status <body>", or "error KIND".
    io::Task<std::string> call(Method method, CallOptions options = {}) {
        OutgoingRequest request;
        request.set(method, "/mcp");
        auto response = co_await client.send(origin(), request, options);
        if (!response) co_return "error " + name(response.error().kind);
        std::string body;
        const auto read = co_await response->read_body(body, 100'000);
        if (!read) co_return "error " + name(read.error().kind) + " in body";
        co_return std::to_string(code(response->status())) + " <" + body + ">";
    }

    static std::string name(ClientError::Kind kind) {
        constexpr const char* names[] = {"unresolved", "refused",   "timed_out",  "reset",
                                         "garbage",    "too_large", "overloaded", "cancelled"};
        return names[static_cast<std::size_t>(kind)];
    }

    io::Shard& shard;
    io::WorkerPool workers{{}, 0};
    Client client;
};

/// Runs `use` with a client against `script`; checks that nothing is left open.
inline void with_upstream(UpstreamScript script,
                          const std::function<io::Task<void>(TestClient&)>& use,
                          simulation::FaultRates faults = {}, std::uint64_t seed = 1,
                          std::size_t* connections = nullptr) {
    ScriptedUpstream upstream(std::move(script));
    simulation::Simulation sim(seed, 1, {.faults = faults});
    upstream.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        TestClient client(shard);
        co_await use(client);
        co_await client.client.close();
        EXPECT_EQ(client.origin().connections(), 0u);
    });
    ASSERT_TRUE(sim.run());
    if (connections != nullptr) *connections = upstream.connections();
}

}  // namespace sluice::http
