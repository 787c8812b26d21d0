// The pooled client: reuse, retries, streams.
#include "http/client.h"

#include <gtest/gtest.h>

#include "tests/unit/http/upstream_support.h"

namespace sluice::http {
namespace {

using simulation::BytePeer;
using simulation::FaultRates;
using simulation::seed_count;
using simulation::seeds;
using simulation::Simulation;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Client, SendsItsUpstreamsHostAndReadsTheAnswer) {
    std::string seen;
    with_upstream(
        [&](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
            seen = co_await peer.take_through("\r\n\r\n{}");
            co_await peer.send(ok);
        },
        [](TestClient& client) -> io::Task<void> {
            OutgoingRequest request;
            request.set(Method::post, "/mcp?a");
            request.add_field("Content-Type", "application/json");
            request.body() = "{}";
            auto response = co_await client.client.send(client.origin(), request);
            CHECK(response.has_value());
            EXPECT_EQ(response->head().field("content-length"), "2");
            EXPECT_EQ((co_await response->next_chunk()).value(), "ok");
            EXPECT_EQ((co_await response->next_chunk()).value(), "");
        });
    EXPECT_EQ(seen,
              "POST /mcp?a HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n"
              "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(Client, ReusesAConnectionAfterACompleteAnswer) {
    std::size_t connections = 0;
    with_upstream(
        always(ok),
        [](TestClient& client) -> io::Task<void> {
            for (int i = 0; i < 5; ++i) EXPECT_EQ(co_await client.call(Method::post), "200 <ok>");
            EXPECT_EQ(client.origin().idle_connections(), 1u);
        },
        {}, 1, &connections);
    EXPECT_EQ(connections, 1u);
}

TEST(Client, DoesNotReuseAConnectionThatTheUpstreamCloses) {
    std::size_t connections = 0;
    with_upstream(
        always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
        [](TestClient& client) -> io::Task<void> {
            for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
            EXPECT_EQ(client.origin().idle_connections(), 0u);
        },
        {}, 1, &connections);
    EXPECT_EQ(connections, 3u);
}

TEST(Client, DropsAnIdleConnectionThatSpeaksUnasked) {
    std::size_t connections = 0;
    with_upstream(
        [](io::Shard& shard, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send(ok);
            co_await io::Sleep(shard, milliseconds{100});
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            co_await peer.take_to_end();
        },
        [](TestClient& client) -> io::Task<void> {
            EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
            co_await io::Sleep(client.shard, milliseconds{300});
            EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
        },
        {}, 1, &connections);
    EXPECT_EQ(connections, 2u);
}

TEST(Client, ForgetsIdleConnectionsThatEndOrAgeOut) {
    with_upstream(always(ok), [](TestClient& client) -> io::Task<void> {
        EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
        EXPECT_EQ(client.origin().connections(), 1u);
        co_await io::Sleep(client.shard, seconds{6});
        EXPECT_EQ(client.origin().connections(), 0u);
    });
    with_upstream(
        [](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send(ok);
        },
        [](TestClient& client) -> io::Task<void> {
            EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
            co_await io::Sleep(client.shard, milliseconds{100});
            EXPECT_EQ(client.origin().connections(), 0u);
        });
}

// Serves one request a connection; on the first connection a second one is read and left
// unanswered.
io::Task<void> die_at_the_second(BytePeer& peer, std::size_t index, std::size_t& requests) {
    if (!(co_await peer.take_through("\r\n\r\n")).empty()) ++requests;
    co_await peer.send(ok);
    if (index > 0) co_return;
    if (!(co_await peer.take_through("\r\n\r\n")).empty()) ++requests;
}

TEST(Client, ConnectsToNoAddressThatItsGuardRefuses) {
    std::size_t connections = 0;
    with_upstream(
        always(ok),
        [](TestClient& client) -> io::Task<void> {
            Origin& guarded = client.client.origin(upstream_url, nullptr, is_public_address);
            EXPECT_NE(&guarded, &client.origin()) << "connections of one guard serve another";
            OutgoingRequest request;
            request.set(Method::get, "/");
            const auto response = co_await client.client.send(guarded, request);
            CHECK(!response.has_value());
            EXPECT_EQ(response.error().kind, ClientError::Kind::refused);
            EXPECT_EQ(guarded.connections(), 0u);
            EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
        },
        {}, 1, &connections);
    EXPECT_EQ(connections, 1u);
}

TEST(ClientRetry, RepeatsOnlyWhatMayBeRepeated) {
    struct Case {
        Method method;
        bool repeatable;
        std::string outcome;
        std::size_t requests;
    };
    for (const Case& c :
         {Case{Method::get, false, "200 <ok>", 3}, Case{Method::post, false, "error reset", 2},
          Case{Method::post, true, "200 <ok>", 3}}) {
        std::size_t requests = 0;
        with_upstream([&](io::Shard&, BytePeer& peer,
                          std::size_t index) { return die_at_the_second(peer, index, requests); },
                      [&c](TestClient& client) -> io::Task<void> {
                          EXPECT_EQ(co_await client.call(Method::get), "200 <ok>");
                          EXPECT_EQ(co_await client.call(c.method, {.repeatable = c.repeatable}),
                                    c.outcome);
                      });
        EXPECT_EQ(requests, c.requests);
    }
}

TEST(ClientRetry, HappensOnceAndNeverOnAFreshConnection) {
    std::size_t connections = 0;
    with_upstream([](io::Shard&, BytePeer& peer,
                     std::size_t) -> io::Task<void> { co_await peer.take_through("\r\n\r\n"); },
                  [](TestClient& client) -> io::Task<void> {
                      EXPECT_EQ(co_await client.call(Method::get), "error reset");
                  },
                  {}, 1, &connections);
    EXPECT_EQ(connections, 1u);
}

TEST(ClientStream, GivesPiecesAsTheyArriveWithoutLimitWhereAsked) {
    with_upstream(
        [](io::Shard& shard, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; ++i) {
                co_await io::Sleep(shard, seconds{100});
                co_await peer.send("2\r\nab\r\n");
            }
            co_await peer.send("0\r\n\r\n");
            co_await peer.take_to_end();
        },
        [](TestClient& client) -> io::Task<void> {
            OutgoingRequest request;
            auto response = co_await client.client.send(client.origin(), request,
                                                        {.chunk_timeout = Duration::zero()});
            CHECK(response.has_value());
            for (int i = 0; i < 3; ++i) EXPECT_EQ((co_await response->next_chunk()).value(), "ab");
            EXPECT_EQ((co_await response->next_chunk()).value(), "");
        });
}

TEST(ClientStream, ClosesTheUpstreamWhenItsAnswerIsDropped) {
    bool upstream_saw_the_end = false;
    with_upstream(
        [&](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            co_await peer.take_to_end();
            upstream_saw_the_end = true;
        },
        [&](TestClient& client) -> io::Task<void> {
            {
                OutgoingRequest request;
                auto response = co_await client.client.send(client.origin(), request);
                CHECK(response.has_value());
            }
            co_await io::Sleep(client.shard, milliseconds{100});
            EXPECT_TRUE(upstream_saw_the_end);
        });
}

TEST(ClientStream, EndsWithTheCallersScope) {
    with_upstream([](io::Shard&, BytePeer& peer,
                     std::size_t) -> io::Task<void> { co_await peer.take_to_end(); },
                  [](TestClient& client) -> io::Task<void> {
                      io::CancelScope scope;
                      struct CancelTimer final : io::Timer {
                          explicit CancelTimer(io::CancelScope& its_scope) : scope(its_scope) {}
                          void on_timer() override { scope.cancel(); }
                          io::CancelScope& scope;
                      } timer(scope);
                      client.shard.timers().start(timer, client.shard.now() + milliseconds{50});
                      EXPECT_EQ(co_await client.call(Method::get, {.scope = &scope}),
                                "error cancelled");
                  });
}

TEST(ClientPool, IsBounded) {
    ScriptedUpstream upstream([](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
        co_await peer.take_to_end();
    });
    Simulation sim(1, 1);
    upstream.start_in(sim);
    sim.start_client([](io::Shard& shard) -> io::Task<void> {
        ClientSettings settings;
        settings.connections_max = 1;
        TestClient client(shard, settings);
        io::TaskGroup group;
        std::string first;
        group.spawn([](TestClient& its_client, std::string& outcome) -> io::Task<void> {
            outcome = co_await its_client.call(Method::get, {.head_timeout = seconds{3}});
        }(client, first));
        co_await io::Sleep(shard, seconds{1});
        EXPECT_EQ(co_await client.call(Method::get), "error overloaded");
        co_await group.join();
        EXPECT_EQ(first, "error timed_out");
        co_await client.client.close();
    });
    ASSERT_TRUE(sim.run());
}

TEST(ClientPool, GivesWholeAnswersOrErrorsUnderFaults) {
    std::size_t whole = 0;
    for (const std::uint64_t seed : seeds(60)) {
        with_upstream(
            always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                   "4;x=y\r\ndefg\r\n0\r\n\r\n"),
            [&whole](TestClient& client) -> io::Task<void> {
                for (int i = 0; i < 10; ++i) {
                    const std::string outcome = co_await client.call(Method::get);
                    if (outcome == "200 <abcdefg>") {
                        ++whole;
                    } else {
                        EXPECT_TRUE(outcome.starts_with("error ")) << outcome;
                    }
                }
            },
            FaultRates::some(), seed);
    }
    if (seed_count(60) >= 20) EXPECT_GT(whole, seed_count(60) * 6);
}

TEST(ClientPool, LosesNothingUnderHarmlessFaults) {
    for (const std::uint64_t seed : seeds(60)) {
        with_upstream(
            always(ok),
            [](TestClient& client) -> io::Task<void> {
                for (int i = 0; i < 10; ++i) {
                    EXPECT_EQ(co_await client.call(Method::post), "200 <ok>");
                }
            },
            FaultRates::harmless(), seed);
    }
}

}  // namespace
}  // namespace sluice::http
