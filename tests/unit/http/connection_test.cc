// Connections of a server: order, persistence, clients that leave.
#include "http/connection.h"

#include <gtest/gtest.h>

#include "tests/unit/http/server_support.h"

namespace sluice::http {
namespace {

using simulation::BytePeer;
using simulation::FaultRates;
using simulation::seeds;
using simulation::Simulation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

TEST(Connection, ServesOneRequestAfterTheOther) {
    TestServer server;
    const Texts answers = answers_in(answer_to(server,
                                               {get("/any/a"), get("/any/b"),
                                                "POST / HTTP/1.1\r\nHost: h\r\n"
                                                "Content-Length: 3\r\n\r\nabc",
                                                last_get("/any/c")},
                                               milliseconds{50}));
    EXPECT_EQ(answers, (Texts{"200 <GET /any/a <>>", "200 <GET /any/b <>>", "200 <POST / <abc>>",
                              "200 <GET /any/c <>>"}));
    EXPECT_EQ(server.finished,
              (Texts{"GET /any/a 200", "GET /any/b 200", "POST / 200", "GET /any/c 200"}));
}

TEST(Connection, AnswersAPipelineInOrderUnderHarmlessFaults) {
    std::string pipeline;
    Texts expected;
    for (int i = 0; i < 200; ++i) {
        pipeline += i == 199 ? last_get("/any/199") : get(fmt::format("/any/{}", i));
        expected.push_back(fmt::format("200 <GET /any/{} <>>", i));
    }
    for (const std::uint64_t seed : seeds(30)) {
        TestServer server;
        std::string answer;
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        server.start_in(sim);
        sim.start_client([&](io::Shard& shard) { return converse(shard, {pipeline}, answer); });
        ASSERT_TRUE(sim.run());
        ASSERT_EQ(answers_in(answer), expected);
    }
}

TEST(Connection, SendsAnswersThatAreReadyTogether) {
    TestServer server;
    Simulation sim(1, 1, {.buffer_bytes = 4096});
    server.start_in(sim);
    std::size_t first_piece = 0;
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(get("/any/a") + get("/any/b") + get("/any/c"));
        const auto received = co_await peer->stream().receive();
        first_piece = answers_in(received->bytes()).size();
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
    EXPECT_EQ(first_piece, 3u);
}

TEST(Connection, SendsContinueWhenTheClientWaitsForIt) {
    TestServer server;
    const std::string head =
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\n"
        "Content-Length: 3\r\n\r\n";
    const std::string waited = answer_to(server, {head, "abc"}, milliseconds{100});
    EXPECT_TRUE(waited.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(waited.ends_with("POST / <abc>"));
    const std::string sent_anyway = answer_to(server, {head + "abc"});
    EXPECT_TRUE(sent_anyway.starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(Connection, AnswersHeadWithoutABody) {
    TestServer server;
    const std::string answer =
        answer_to(server, {"HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"});
    EXPECT_NE(answer.find("Content-Length: 9\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Connection, EndsAfterHttp10) {
    TestServer server;
    const std::string answer = answer_to(
        server, {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + last_get("/any/never")});
    EXPECT_EQ(answers_in(answer), Texts{"200 <GET / <>>"});
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
}

TEST(Connection, ServesNothingBehindClose) {
    TestServer server;
    answer_to(server, {last_get("/any/a") + get("/any/b")});
    EXPECT_EQ(server.finished, Texts{"GET /any/a 200"});
}

TEST(Connection, AnswersWhatItRefusesAsJsonAndCloses) {
    TestServer server;
    const std::string answer =
        answer_to(server, {get("/any/a") + "GET / HTTP/2.0\r\n\r\n" + get("/")});
    EXPECT_EQ(answers_in(answer), (Texts{"200 <GET /any/a <>>",
                                         R"(505 <{"error":"invalid_request","error_description":)"
                                         R"("Only HTTP/1.0 and HTTP/1.1 are supported."}>)"}));
    EXPECT_EQ(server.finished, (Texts{"GET /any/a 200", "  505"}));
}

TEST(Connection, LetsTheClientReadARefusalWhileItStillSends) {
    TestServer server;
    server.settings.limits.body_bytes_max = 10;
    Simulation sim(1, 1);
    sim.network().set_queue_bytes(2000);
    server.start_in(sim);
    std::string answer;
    sim.start_client([&](io::Shard& shard) {
        return converse(shard,
                        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
                         std::string(100000, 'a')},
                        answer);
    });
    ASSERT_TRUE(sim.run());
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
}

TEST(ConnectionBackPressure, StopsReadingWhileTheClientDoesNot) {
    TestServer server;
    Simulation sim(1, 1);
    server.start_in(sim);
    bool stuck = false;
    std::size_t served = 0;
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        io::CancelScope scope;
        io::Deadline deadline(scope);
        shard.timers().start(deadline, shard.now() + seconds{5});
        peer->set_scope(&scope);
        std::string flood;
        for (int i = 0; i < 20000; ++i) flood += get("/any/flood");
        stuck = !co_await peer->send(flood);
        served = server.finished.size();
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
    EXPECT_TRUE(stuck);
    EXPECT_LT(served, 4000u);
}

TEST(ConnectionEnd, StillAnswersAClientThatEndedItsDirection) {
    TestServer server;
    EXPECT_EQ(answers_in(answer_to(server, {get("/any/a")}, {}, true)),
              Texts{"200 <GET /any/a <>>"});
}

TEST(ConnectionEnd, RefusesARequestThatWasCutOff) {
    TestServer server;
    EXPECT_TRUE(answer_to(server, {"GET / HTTP/1.1\r\nHo"}, {}, true).starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(
        answer_to(server, {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab"}, {}, true)
            .starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(
        answer_to(server,
                  {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"}, {},
                  true)
            .starts_with("HTTP/1.1 400 "));
}

// Serves "/wait" in `took`, noting whether it was cancelled meanwhile.
void add_wait(TestServer& server, Duration took, bool& cancelled) {
    server.endpoints.add(Method::get, "/wait",
                         [took, &cancelled](Exchange& exchange) -> io::Task<void> {
                             co_await io::Sleep(exchange.shard(), took, &exchange.scope());
                             cancelled = exchange.cancelled();
                             exchange.response().body() = "done";
                         });
}

TEST(ConnectionEnd, OfTheClientsDirectionWaitsForTheAnswer) {
    TestServer server;
    bool cancelled = false;
    add_wait(server, seconds{50}, cancelled);
    const std::string pipelined = get("/wait") + get("/any/a") + get("/wait");
    EXPECT_EQ(answers_in(answer_to(server, {pipelined}, {}, true)),
              (Texts{"200 <done>", "200 <GET /any/a <>>", "200 <done>"}));
    EXPECT_FALSE(cancelled);
}

class ConnectionBreak : public testing::TestWithParam<bool> {};

TEST_P(ConnectionBreak, CancelsAtOnce) {
    const bool half = GetParam();
    TestServer server;
    bool cancelled = false;
    add_wait(server, seconds{60}, cancelled);
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto stream = co_await io::connect(shard, server_address, nullptr);
        const std::string request = get("/wait");
        EXPECT_TRUE(co_await (*stream)->send(request));
        co_await io::Sleep(shard, milliseconds{100});
        if (half) (*stream)->end_sending();
        co_await io::Sleep(shard, milliseconds{100});
        EXPECT_FALSE(cancelled);
        reset_clients(sim);
        co_await io::Sleep(shard, milliseconds{100});
        EXPECT_TRUE(cancelled);
        co_await (*stream)->close();
    });
    ASSERT_TRUE(sim.run());
    EXPECT_EQ(server.finished, Texts{"GET /wait 200 cut off"});
}

INSTANTIATE_TEST_SUITE_P(AlsoBehindTheClientsEnd, ConnectionBreak, testing::Bool());

}  // namespace
}  // namespace sluice::http
