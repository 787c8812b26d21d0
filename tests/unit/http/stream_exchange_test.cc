// Answers that are streamed.
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

// Sends "0;", "1;", ... with a pause before each, and finishes unless `forgets`.
struct Counter {
    int count = 3;
    Duration pause = milliseconds{100};
    bool forgets = false;
    int written = 0;
    bool cancelled = false;

    io::Task<void> serve(Exchange& exchange) {
        exchange.response().add_field("Content-Type", "text/event-stream");
        if (!co_await exchange.begin_stream()) co_return note_end(exchange);
        for (int i = 0; i < count; ++i) {
            co_await io::Sleep(exchange.shard(), pause, &exchange.scope());
            if (!co_await exchange.write(fmt::format("{};", i))) co_return note_end(exchange);
            ++written;
        }
        if (!forgets) EXPECT_TRUE(co_await exchange.finish());
        note_end(exchange);
    }
    void note_end(Exchange& exchange) { cancelled = exchange.cancelled(); }

    void add_to(TestServer& server) {
        server.endpoints.add(Method::get, "/stream",
                             [this](Exchange& exchange) { return serve(exchange); });
    }
};

TEST(StreamedAnswer, ArrivesPieceByPiece) {
    TestServer server;
    Counter counter;
    counter.add_to(server);
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(get("/stream"));
        const std::string first = co_await peer->take_through("0;");
        EXPECT_NE(first.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
        EXPECT_EQ(counter.written, 1);
        co_await peer->take_through("0\r\n\r\n");
        co_await peer->send(last_get("/any/next"));
        EXPECT_EQ(answers_in(co_await peer->take_to_end()), Texts{"200 <GET /any/next <>>"});
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
}

// RFC 9112 §6.1: else the chunks would be read as the answer to the next request.
TEST(StreamedAnswer, HasNoBodyWhereItsStatusForbidsOne) {
    TestServer server;
    server.endpoints.add(Method::get, "/stream", [](Exchange& exchange) -> io::Task<void> {
        exchange.response().set_status(Status::no_content);
        if (!co_await exchange.begin_stream()) co_return;
        static_cast<void>(co_await exchange.write("data: 1\n\n"));
        static_cast<void>(co_await exchange.finish());
    });
    std::string answer;
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) {
        return converse(shard, {get("/stream") + last_get("/any/next")}, answer);
    });
    ASSERT_TRUE(sim.run());
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 "));
    EXPECT_EQ(answer.find("Transfer-Encoding"), std::string::npos);
    const std::size_t end = answer.find("\r\n\r\n") + 4;
    EXPECT_TRUE(answer.substr(end).starts_with("HTTP/1.1 200 ")) << answer;
}

TEST(StreamedAnswer, IsWholeUnderHarmlessFaults) {
    for (const std::uint64_t seed : seeds(50)) {
        TestServer server;
        Counter counter{.count = 40, .pause = milliseconds{1}};
        counter.add_to(server);
        std::string answer;
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        sim.network().set_queue_bytes(sim.dice().between(100, 400));
        server.start_in(sim);
        sim.start_client([&](io::Shard& shard) {
            return converse(shard, {get("/stream") + last_get("/any/next")}, answer);
        });
        ASSERT_TRUE(sim.run());
        std::string body;
        for (int i = 0; i < 40; ++i) body += fmt::format("{};", i);
        ASSERT_EQ(answers_in(answer), (Texts{"200 <" + body + ">", "200 <GET /any/next <>>"}));
    }
}

TEST(StreamedAnswer, ThatIsNotFinishedIsSeenToBeCutOff) {
    TestServer server;
    Counter counter{.forgets = true};
    counter.add_to(server);
    EXPECT_EQ(answers_in(answer_to(server, {get("/stream")})), Texts{"200 <0;1;2;... cut off"});
    EXPECT_EQ(server.finished, Texts{"GET /stream 200 cut off"});
}

TEST(StreamedAnswer, EndsWithTheConnectionForHttp10) {
    TestServer server;
    Counter counter;
    counter.add_to(server);
    const std::string answer = answer_to(server, {"GET /stream HTTP/1.0\r\n\r\n"});
    EXPECT_EQ(answer.find("Transfer-Encoding"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n0;1;2;")) << answer;
}

TEST(StreamedAnswer, HasNoBodyForHead) {
    TestServer server;
    Counter counter;
    counter.add_to(server);
    const std::string answer =
        answer_to(server, {"HEAD /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"});
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
    EXPECT_EQ(answer.find("0;"), std::string::npos);
}

TEST(StreamedAnswer, GoesOnForAClientThatEndedItsDirection) {
    TestServer server;
    Counter counter{.count = 3, .pause = seconds{20}};
    counter.add_to(server);
    EXPECT_EQ(answers_in(answer_to(server, {get("/stream")}, {}, true)), Texts{"200 <0;1;2;>"});
    EXPECT_FALSE(counter.cancelled);
    EXPECT_EQ(server.finished, Texts{"GET /stream 200"});
}

TEST(StreamedAnswer, TellsItsHandlerThatTheClientEndedItsDirection) {
    TestServer server;
    bool told = false;
    server.endpoints.add(Method::get, "/stream", [&](Exchange& exchange) -> io::Task<void> {
        if (!co_await exchange.begin_stream()) co_return;
        told = !co_await io::Sleep(exchange.shard(), seconds{60}, &exchange.half_closed());
        static_cast<void>(co_await exchange.finish());
    });
    answer_to(server, {get("/stream")}, {}, true);
    EXPECT_TRUE(told);
}

// A client that is gone altogether looks the same until something is written to it.
TEST(StreamedAnswer, IsGivenUpAtTheWriteAfterTheClientHasLeft) {
    TestServer server;
    Counter counter{.count = 1000, .pause = seconds{10}};
    counter.add_to(server);
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(get("/stream"));
        co_await peer->take_through("\r\n\r\n");
        co_await peer->close();
        while (!counter.cancelled && sim.elapsed() < seconds{90}) {
            co_await io::Sleep(shard, milliseconds{10});
        }
        EXPECT_LT(sim.elapsed(), seconds{11});
    });
    ASSERT_TRUE(sim.run());
    EXPECT_TRUE(counter.cancelled);
}

TEST(StreamedAnswer, IsGivenUpAtOnceWhenTheConnectionBreaks) {
    TestServer server;
    Counter counter{.count = 1000, .pause = seconds{100}};
    counter.add_to(server);
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(get("/stream"));
        co_await peer->take_through("\r\n\r\n");
        reset_clients(sim);
        co_await io::Sleep(shard, seconds{1});
        EXPECT_TRUE(counter.cancelled);
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
}

TEST(StreamedAnswer, WaitsForAReaderThatIsSlow) {
    TestServer server;
    Counter counter{.count = 100'000, .pause = {}};
    counter.add_to(server);
    Simulation sim(1, 1);
    sim.network().set_queue_bytes(1000);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(get("/stream"));
        co_await io::Sleep(shard, seconds{5});
        EXPECT_LT(counter.written, 1000);
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
}

}  // namespace
}  // namespace sluice::http
