// Requests that are served by their head, before the body is read.
#include <gtest/gtest.h>

#include "http/error_response.h"
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

/// "/guarded" reads the body of whoever says Key: good.
struct GuardedServer : TestServer {
    GuardedServer() {
        endpoints.from_head = true;
        endpoints.add(Method::post, "/guarded", [this](Exchange& exchange) -> io::Task<void> {
            const bool good = exchange.request().field("Key") == "good";
            came_whole += exchange.body_complete() ? 1 : 0;
            if (!good) {
                exchange.response().set_status(Status::unauthorized);
                exchange.response().body() = "who?";
                co_return;
            }
            if (!exchange.body_complete()) {
                if (const auto read = co_await exchange.read_body(); !read) {
                    EXPECT_EQ(exchange.request().field("Key"), "good");
                    write_error(exchange.response(), read.error());
                    co_return;
                }
            }
            EXPECT_EQ(exchange.request().field("Key"), "good");
            EXPECT_EQ(exchange.request().host(), "h");
            co_await describe_request(exchange.request(), exchange.response());
        });
    }
    int came_whole = 0;
};

std::string head(std::string_view framing, std::string_view key = "good") {
    return fmt::format("POST /guarded HTTP/1.1\r\nHost: h\r\nKey: {}\r\n{}\r\n\r\n", key, framing);
}

TEST(UnreadBody, IsAnsweredWithoutWaitingForIt) {
    GuardedServer server;
    const std::string answer =
        answer_to(server, {head("Content-Length: 3000000", "bad") + std::string(100'000, 'a')});
    EXPECT_EQ(answers_in(answer), Texts{"401 <who?>"});
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(server.finished, Texts{"POST /guarded 401"});
    EXPECT_EQ(server.came_whole, 0);
}

TEST(UnreadBody, IsNotAskedFor) {
    GuardedServer server;
    const std::string framing = "Content-Length: 5\r\nExpect: 100-continue";
    const std::string refused = answer_to(server, {head(framing, "bad")});
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 401 ")) << refused;
    const std::string taken =
        answer_to(server, {head(framing + "\r\nConnection: close"), "hello"}, seconds{1});
    EXPECT_TRUE(taken.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")) << taken;
    EXPECT_NE(taken.find("<hello>"), std::string::npos);
}

TEST(UnreadBody, IsNotTakenForAnotherRequest) {
    GuardedServer server;
    const std::string smuggled = get("/any/smuggled");
    const std::string answer = answer_to(
        server, {head(fmt::format("Content-Length: {}", smuggled.size()), "bad"), smuggled},
        milliseconds{100});
    EXPECT_EQ(answers_in(answer), Texts{"401 <who?>"});
}

TEST(UnreadBody, IsThrownAwaySoThatTheAnswerArrives) {
    GuardedServer server;
    Texts pieces = {head("Content-Length: 1000000", "bad")};
    for (int i = 0; i < 20; ++i) pieces.emplace_back(50'000, 'a');
    EXPECT_EQ(answers_in(answer_to(server, pieces, milliseconds{300})), Texts{"401 <who?>"});
}

TEST(UnreadBody, ThatDripsHoldsTheConnectionForABoundedTime) {
    GuardedServer server;
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(head("Content-Length: 1000000", "bad"));
        while (sim.elapsed() < seconds{60} && co_await peer->send("a")) {
            co_await io::Sleep(shard, milliseconds{500});
        }
        EXPECT_LT(sim.elapsed(), seconds{13});
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
}

TEST(ReadBody, GivesWhatCameWithTheHeadAtOnce) {
    GuardedServer server;
    EXPECT_EQ(answers_in(
                  answer_to(server, {head("Content-Length: 5") + "hello" + last_get("/any/next")})),
              (Texts{"200 <POST /guarded <hello>>", "200 <GET /any/next <>>"}));
    EXPECT_EQ(server.came_whole, 1);
}

TEST(ReadBody, ReadsOnAndTheConnectionGoesOnBehindIt) {
    const std::string large(200'000, 'b');
    for (const std::uint64_t seed : seeds(20)) {
        GuardedServer server;
        std::string answer;
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        server.start_in(sim);
        sim.start_client([&](io::Shard& shard) {
            return converse(shard,
                            {get("/any/before") + head("Content-Length: 5"), "he",
                             "llo" + head("Transfer-Encoding: chunked") + "3\r\nab",
                             "c\r\n2\r\nde\r\n0\r\n\r\n" + head("Content-Length: 200000"),
                             large.substr(0, 70'000), large.substr(70'000) + last_get("/any/next")},
                            answer, milliseconds{50});
        });
        ASSERT_TRUE(sim.run());
        ASSERT_EQ(answers_in(answer),
                  (Texts{"200 <GET /any/before <>>", "200 <POST /guarded <hello>>",
                         "200 <POST /guarded <abcde>>", "200 <POST /guarded <" + large + ">>",
                         "200 <GET /any/next <>>"}));
    }
}

TEST(ReadBody, TellsItsHandlerWhyThereIsNone) {
    for (const auto& [pieces, status] : {
             std::pair{Texts{head("Transfer-Encoding: chunked"), "3\r\nabcd\r\n"}, "400"},
             std::pair{Texts{head("Transfer-Encoding: chunked"), "FFFFFFFF\r\n"}, "413"},
             std::pair{Texts{head("Content-Length: 5"), "he"}, "408"},
         }) {
        GuardedServer server;
        const std::string answer = answer_to(server, pieces, milliseconds{10});
        EXPECT_TRUE(answer.starts_with(fmt::format("HTTP/1.1 {} ", status))) << answer;
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    }
    GuardedServer server;
    EXPECT_TRUE(answer_to(server, {head("Content-Length: 5"), "he"}, milliseconds{10}, true)
                    .starts_with("HTTP/1.1 400 "));
}

TEST(ReadBody, HasTheLimitOfItsHandler) {
    for (const auto& [framing, body] : {std::pair{"Content-Length: 11", "h"},
                                        {"Transfer-Encoding: chunked", "B\r\nhello world"}}) {
        TestServer server;
        server.endpoints.from_head = true;
        server.endpoints.add(Method::post, "/guarded", [](Exchange& exchange) -> io::Task<void> {
            const auto read = co_await exchange.read_body(10);
            EXPECT_FALSE(read.has_value());
            if (!read) write_error(exchange.response(), read.error());
        });
        EXPECT_TRUE(answer_to(server, {head(framing), body}, milliseconds{10})
                        .starts_with("HTTP/1.1 413 "));
    }
}

TEST(ReadBody, IsRefusedWhileTooMuchIsHeld) {
    GuardedServer server;
    server.settings.buffered_bytes_max = 10;
    EXPECT_TRUE(answer_to(server, {head("Content-Length: 1000000") + std::string(100, 'a')})
                    .starts_with("HTTP/1.1 503 "));
}

TEST(ReadBody, EndsWithTheConnection) {
    GuardedServer server;
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await BytePeer::connect(shard, server_address);
        co_await peer->send(head("Content-Length: 5") + "he");
        co_await io::Sleep(shard, milliseconds{100});
        reset_clients(sim);
        co_await io::Sleep(shard, milliseconds{100});
        EXPECT_EQ(server.finished, Texts{"POST /guarded 400 cut off"});
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
}

}  // namespace
}  // namespace sluice::http
