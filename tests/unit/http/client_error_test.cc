// The client and upstreams that misbehave, are not there, or take too long.
#include "http/client_error.h"

#include <gtest/gtest.h>

#include "tests/unit/http/upstream_support.h"

namespace sluice::http {
namespace {

using simulation::BytePeer;
using simulation::Simulation;
using std::chrono::seconds;

TEST(ClientError, NamesWhatTheUpstreamDid) {
    const std::string flood = [] {
        std::string text;
        for (int i = 0; i < 1000; ++i) text += "HTTP/1.1 100 Continue\r\n\r\n";
        return text;
    }();
    const std::pair<std::string, std::string> cases[] = {
        {"garbage\r\n\r\n", "error garbage"},
        {flood, "error garbage"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", "error garbage"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "error garbage in body"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x'),
         "error too_large in body"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "error garbage"},
    };
    for (const auto& [answer, outcome] : cases) {
        with_upstream(always(answer), [&outcome](TestClient& client) -> io::Task<void> {
            EXPECT_EQ(co_await client.call(Method::get), outcome);
            EXPECT_EQ(client.origin().idle_connections(), 0u);
        });
    }
}

TEST(ClientError, TellsATruncatedBody) {
    with_upstream(
        [](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        },
        [](TestClient& client) -> io::Task<void> {
            EXPECT_EQ(co_await client.call(Method::get), "error reset in body");
        });
}

TEST(ClientError, IsRefusedWhereNobodyListens) {
    Simulation sim(1, 0);
    sim.start_client([](io::Shard& shard) -> io::Task<void> {
        TestClient client(shard);
        EXPECT_EQ(co_await client.call(Method::get), "error refused");
        co_await client.client.close();
    });
    ASSERT_TRUE(sim.run());
}

TEST(ClientDeadline, EndsEveryPhase) {
    Simulation sim(1, 0);
    sim.network().black_hole(upstream_address);
    sim.start_client([&sim](io::Shard& shard) -> io::Task<void> {
        TestClient client(shard);
        EXPECT_EQ(co_await client.call(Method::get), "error timed_out");
        EXPECT_LT(sim.elapsed(), seconds{6});
        co_await client.client.close();
    });
    ASSERT_TRUE(sim.run());
    with_upstream([](io::Shard&, BytePeer& peer,
                     std::size_t) -> io::Task<void> { co_await peer.take_to_end(); },
                  [](TestClient& client) -> io::Task<void> {
                      EXPECT_EQ(co_await client.call(Method::get, {.head_timeout = seconds{2}}),
                                "error timed_out");
                      EXPECT_EQ(client.origin().idle_connections(), 0u);
                  });
    with_upstream(
        [](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            co_await peer.take_to_end();
        },
        [](TestClient& client) -> io::Task<void> {
            EXPECT_EQ(co_await client.call(Method::get, {.chunk_timeout = seconds{2}}),
                      "error timed_out in body");
        });
}

}  // namespace
}  // namespace sluice::http
