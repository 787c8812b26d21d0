// How much a server holds in memory for requests that are still arriving.
#include <gtest/gtest.h>

#include "http/connection.h"
#include "tests/unit/http/server_support.h"

namespace sluice::http {
namespace {

using simulation::Simulation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

const std::string large_post =
    "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n";

// Holds `held` bytes of an unfinished body on one connection while another sends `pieces`.
std::string answer_beside(TestServer& server, std::size_t held, Texts pieces) {
    std::string answer;
    std::string unfinished;
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) {
        return converse(shard, {large_post + std::string(held, 'a')}, unfinished);
    });
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        co_await io::Sleep(shard, seconds{1});
        co_await converse(shard, pieces, answer, milliseconds{100});
    });
    EXPECT_TRUE(sim.run());
    EXPECT_TRUE(unfinished.starts_with("HTTP/1.1 408 "));
    return answer;
}

TEST(ConnectionBudget, RefusesLargeBodiesWhileTooMuchIsHeld) {
    TestServer server;
    server.settings.buffered_bytes_max = 500'000;
    const std::string refused =
        answer_beside(server, 490'000, {large_post + std::string(20'000, 'a')});
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
    EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos);
    EXPECT_NE(refused.find("Connection: close\r\n"), std::string::npos);

    server.settings.buffered_bytes_max = 2'000'000;
    EXPECT_TRUE(answer_beside(server, 490'000, {large_post + std::string(1'000'000, 'a')})
                    .starts_with("HTTP/1.1 200 "));
}

TEST(ConnectionBudget, RefusesByTheHeadAlone) {
    TestServer server;
    server.settings.buffered_bytes_max = 10;
    EXPECT_TRUE(answer_to(server, {large_post}).starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(answer_to(server, {"POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                   "Content-Length: 65536\r\n\r\n" +
                                   std::string(65'536, 'a')})
                    .starts_with("HTTP/1.1 200 "));
}

TEST(ConnectionBudget, RefusesAChunkedBodyOnceItIsLarge) {
    TestServer server;
    server.settings.buffered_bytes_max = 500'000;
    const std::string head =
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string chunk = "7530\r\n" + std::string(30'000, 'a') + "\r\n";
    EXPECT_TRUE(answer_beside(server, 490'000, {head, chunk, chunk, "0\r\n\r\n"})
                    .starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(answer_beside(server, 490'000, {head, chunk, chunk, chunk, "0\r\n\r\n"})
                    .starts_with("HTTP/1.1 503 "));
}

TEST(ConnectionBudget, IsFreeAgainAfterEveryRequest) {
    TestServer server;
    server.settings.buffered_bytes_max = 400'000;
    server.endpoints.add_plain(Method::post, "/quiet",
                               [](const Request& request, Response& response) -> io::Task<void> {
                                   response.body() = fmt::format("{}", request.body().size());
                                   co_return;
                               });
    const std::string post = "POST /quiet HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
                             std::string(300'000, 'a');
    std::vector<Texts> answers(4);
    Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        for (Texts& its_answers : answers) {
            std::string answer;
            co_await converse(shard, {post, post, post.substr(0, 200'000)}, answer, seconds{1},
                              true);
            its_answers = answers_in(answer);
        }
    });
    ASSERT_TRUE(sim.run());
    for (const Texts& its_answers : answers) {
        ASSERT_EQ(its_answers.size(), 3u);
        EXPECT_EQ(its_answers[0], "200 <300000>");
        EXPECT_EQ(its_answers[1], "200 <300000>");
        EXPECT_TRUE(its_answers[2].starts_with("400 ")) << its_answers[2];
    }
}

}  // namespace
}  // namespace sluice::http
