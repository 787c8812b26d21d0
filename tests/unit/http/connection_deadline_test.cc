// How long a connection waits for its client, in both directions.
#include <gtest/gtest.h>

#include "http/connection.h"
#include "tests/unit/http/server_support.h"

namespace sluice::http {
namespace {

using simulation::BytePeer;
using simulation::Simulation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

TEST(ConnectionDeadline, RefusesASlowHeader) {
    TestServer server;
    Texts drip;
    for (const char c : get("/any/a")) drip.push_back(std::string(1, c));
    const std::string answer = answer_to(server, drip, seconds{1});
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
    EXPECT_EQ(server.finished, Texts{"  408"});
    EXPECT_TRUE(answer_to(server, {last_get("/any/a").substr(0, 20), last_get("/any/a").substr(20)},
                          seconds{3})
                    .starts_with("HTTP/1.1 200 "));
}

TEST(ConnectionDeadline, RefusesABodyThatDrips) {
    TestServer server;
    Texts drip{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"};
    for (int i = 0; i < 1000; ++i) drip.push_back("a");
    std::string answer;
    Simulation sim(1, 1);
    server.start_in(sim);
    Duration answered{};
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        co_await converse(shard, drip, answer, milliseconds{500});
        answered = sim.elapsed();
    });
    ASSERT_TRUE(sim.run());
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
    EXPECT_LT(answered, seconds{13});
}

TEST(ConnectionDeadline, LetsABodyTakeItsTimeAtTheRate) {
    TestServer server;
    Texts pieces{
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n"};
    for (int i = 0; i < 30; ++i) pieces.push_back(std::string(10000, 'a'));
    const std::string answer = answer_to(server, pieces, seconds{2});
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 "));
}

const std::string large_post =
    "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n";

// When a body that lacks `missing` bytes of a million is refused, if a byte more comes every ten
// seconds, or where `drips` is false none.
Duration refused_after(std::size_t missing, bool drips) {
    TestServer server;
    std::string answer;
    Duration answered{};
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        Texts pieces{large_post + std::string(1'000'000 - missing, 'a')};
        if (drips) pieces.resize(100, "a");
        co_await converse(shard, pieces, answer, drips ? seconds{10} : Duration{});
    });
    EXPECT_TRUE(sim.run_until([&] {
        answered = sim.elapsed();
        return !server.finished.empty();
    }));
    EXPECT_TRUE(sim.run());
    EXPECT_EQ(server.finished, Texts{"  408"});
    return answered;
}

TEST(ConnectionDeadline, RefusesABodyThatStallsAfterMostOfItCame) {
    const Duration stalled = refused_after(1000, false);
    EXPECT_GE(stalled, seconds{15});
    EXPECT_LT(stalled, seconds{17});
}

TEST(ConnectionDeadline, RefusesABodyThatDripsAfterMostOfItCame) {
    EXPECT_LT(refused_after(1000, true), seconds{17});
}

TEST(ConnectionDeadline, LetsABodyPauseForLessThanTheStall) {
    TestServer server;
    const std::string quarter(250'000, 'a');
    EXPECT_TRUE(answer_to(server, {large_post + quarter, quarter, quarter, quarter}, seconds{14})
                    .starts_with("HTTP/1.1 200 "));
}

TEST(ConnectionDeadline, CountsEveryByteOfABodyThatComesInSmallPieces) {
    TestServer server;
    server.settings.body_bytes_per_second_min = 1'000'000;
    server.settings.body_grace = milliseconds{100};
    Texts pieces{
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 500000\r\n\r\n"};
    for (int i = 0; i < 1000; ++i) pieces.push_back(std::string(500, 'a'));
    EXPECT_TRUE(answer_to(server, pieces).starts_with("HTTP/1.1 200 "));
}

TEST(ConnectionDeadline, ClosesAnIdleConnectionWithoutAWord) {
    TestServer server;
    Simulation sim(1, 1);
    server.start_in(sim);
    std::string answer = "unset";
    Duration closed{};
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        co_await converse(shard, {}, answer);
        closed = sim.elapsed();
    });
    ASSERT_TRUE(sim.run());
    EXPECT_EQ(answer, "");
    EXPECT_GE(closed, server.settings.idle_timeout);
    EXPECT_LT(closed, server.settings.idle_timeout + seconds{2});
}

TEST(ConnectionDeadline, GivesUpOnAReaderThatStalls) {
    TestServer server;
    server.endpoints.add_plain(Method::get, "/big",
                               [](const Request&, Response& response) -> io::Task<void> {
                                   response.body().assign(200'000, 'x');
                                   co_return;
                               });
    Simulation sim(1, 1);
    server.start_in(sim);
    Duration ended{};
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(get("/big"));
        co_await io::Sleep(shard, seconds{32});
        ended = sim.elapsed();
        const std::string got = co_await peer->take_to_end();
        EXPECT_LT(got.size(), 200'000u);
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run_until([&] { return !server.finished.empty() && ended > Duration{}; }));
    ASSERT_TRUE(sim.run());
}

// What a client gets of an answer of 1,000,000 bytes if it reads `bytes` every `pause`.
std::size_t taken_by_reader(std::size_t bytes, Duration pause) {
    TestServer server;
    server.endpoints.add_plain(Method::get, "/big",
                               [](const Request&, Response& response) -> io::Task<void> {
                                   response.body().assign(1'000'000, 'x');
                                   co_return;
                               });
    std::size_t got = 0;
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(last_get("/big"));
        for (;;) {
            co_await io::Sleep(shard, pause);
            const std::string part = co_await peer->take(bytes);
            got += part.size();
            if (part.size() < bytes) break;
        }
        co_await peer->close();
    });
    EXPECT_TRUE(sim.run());
    return got;
}

TEST(ConnectionDeadline, EndsAnAnswerThatIsTakenTooSlowly) {
    EXPECT_GT(taken_by_reader(40'000, seconds{2}), 1'000'000u);
    EXPECT_LT(taken_by_reader(10'000, seconds{2}), 900'000u);
    EXPECT_LT(taken_by_reader(1'000'000, seconds{32}), 200'000u);
}

}  // namespace
}  // namespace sluice::http
