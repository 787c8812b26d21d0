// An upstream that is down, slow, or talks garbage.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using std::chrono::seconds;

void expect_failure(const Answer& answer, int status, std::string_view code) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.field("content-type"), "application/json");
    const auto document = JsonDocument::parse(answer.body);
    ASSERT_TRUE(document.has_value()) << answer.body;
    EXPECT_EQ(document->root().find("id")->integer(), 41);
    const JsonValue error = *document->root().find("error");
    EXPECT_EQ(error.find("data")->find_string("error"), code);
    EXPECT_FALSE(error.find_string("message")->empty());
}

TEST(GatewayUpstream, ThatIsDownIsABadGatewayWithTheRequestsId) {
    World world;
    world.settings.resources[0].upstream = "http://127.0.0.1:9999/mcp";
    const Answer answer = world.answer_to({.body = tool_call("read_note", "41")});
    expect_failure(answer, 502, "upstream_unreachable");
    EXPECT_EQ(answer.field("retry-after"), "5");
    EXPECT_EQ(world.report.refusals, std::vector<std::string>{"502 upstream_unreachable "});
}

TEST(GatewayUpstream, ThatNeverAnswersIsAGatewayTimeout) {
    World world;
    world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), std::chrono::hours{1}, &exchange.scope());
    };
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const Answer answer = co_await world.ask(shard, {.body = tool_call("read_note", "41")});
        expect_failure(answer, 504, "upstream_timed_out");
        EXPECT_GE(world.sim().elapsed(), seconds{60});
        EXPECT_LT(world.sim().elapsed(), seconds{62});
        co_await io::Sleep(shard, seconds{1});
        EXPECT_EQ(world.upstream.left, 1);
    });
}

TEST(GatewayUpstream, ThatStopsInItsAnswerIsAGatewayTimeout) {
    World world;
    world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        exchange.response().add_field("Content-Type", "application/json");
        if (!co_await exchange.begin_stream()) co_return;
        if (!co_await exchange.write("{\"jsonrpc\"")) co_return;
        co_await io::Sleep(exchange.shard(), std::chrono::hours{1}, &exchange.scope());
    };
    expect_failure(world.answer_to({.body = tool_call("read_note", "41")}), 504,
                   "upstream_timed_out");
}

TEST(GatewayUpstream, ThatBreaksOffInItsAnswerIsABadGateway) {
    World world;
    world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        exchange.response().add_field("Content-Type", "application/json");
        if (!co_await exchange.begin_stream()) co_return;
        static_cast<void>(co_await exchange.write("{\"jsonrpc\""));
    };
    expect_failure(world.answer_to({.body = tool_call("read_note", "41")}), 502, "upstream_failed");
}

/// Reads a request's head and sends `text`, then ends.
std::function<io::Task<void>(io::Shard&, int)> says(std::string text, int& connections) {
    return [text, &connections](io::Shard& shard, int fd) -> io::Task<void> {
        ++connections;
        simulation::BytePeer peer(std::make_unique<io::Stream>(shard, fd));
        co_await peer.take_through("\r\n\r\n");
        co_await peer.send(text);
        co_await io::Sleep(shard, seconds{1});
        co_await peer.close();
    };
}

TEST(GatewayUpstream, ThatTalksGarbageIsABadGatewayAndItsConnectionIsNotUsedAgain) {
    std::string large_head = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 5000; ++i) large_head += fmt::format("X-{}: {}\r\n", i, i);
    std::string informs;
    for (int i = 0; i < 100; ++i) informs += "HTTP/1.1 103 Early Hints\r\n\r\n";
    for (const std::string& text :
         {std::string("SSH-2.0-OpenSSH_9\r\n"), std::string("HTTP/1.1 200 OK\n\n"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc"), std::string(),
          large_head, informs}) {
        int connections = 0;
        World world;
        world.settings.resources[0].upstream = "http://127.0.0.1:9001/mcp";
        world.raw = says(text, connections);
        world.play([&](io::Shard& shard) -> io::Task<void> {
            const Answer first = co_await world.ask(shard, {.body = tool_call("read_note", "41")});
            expect_failure(first, 502, "upstream_failed");
            co_await world.ask(shard, {.body = tool_call("read_note", "41")});
        });
        EXPECT_EQ(connections, 2) << text.substr(0, 60);
    }
}

TEST(GatewayUpstream, ThatAnswersARequestWithNoJsonRpcIsABadGateway) {
    for (const auto& answer :
         {FakeUpstream::fixed(200, "text/html", "<html>"), FakeUpstream::fixed(200, "", "x"),
          FakeUpstream::fixed(204, "", ""), FakeUpstream::fixed(200, "application/json", ""),
          FakeUpstream::fixed(200, "text/event-stream", ""),
          FakeUpstream::fixed(200, "application/json", "{\"jsonrpc\":"),
          FakeUpstream::fixed(200, "application/json", "<html>"),
          FakeUpstream::fixed(503, "text/html", "<html>"), FakeUpstream::fixed(500, "", ""),
          FakeUpstream::fixed(500, "application/json", "oops")}) {
        for (const bool lists : {false, true}) {
            World world;
            world.upstream.answer = answer;
            expect_failure(world.answer_to({.body = lists ? rpc("tools/list", "{}", "41")
                                                          : tool_call("read_note", "41")}),
                           502, "upstream_failed");
        }
    }
}

TEST(GatewayUpstream, ThatIsBusySaysForHowLong) {
    for (const int status : {503, 429}) {
        for (const std::string_view type : {"text/html", "application/json", ""}) {
            for (const bool lists : {false, true}) {
                World world;
                world.upstream.answer = FakeUpstream::fixed(status, std::string(type), "<html>",
                                                            {{"Retry-After", "7"}});
                const Answer answer = world.answer_to(
                    {.body = lists ? rpc("tools/list", "{}", "41") : tool_call("read_note", "41")});
                EXPECT_EQ(answer.status, status) << type << lists;
                EXPECT_EQ(answer.field("retry-after"), "7") << status << type << lists;
            }
        }
    }
    World world;
    const std::string date = "Fri, 31 Dec 2027 23:59:59 GMT";
    world.upstream.answer =
        FakeUpstream::fixed(503, "text/html", "<html>", {{"Retry-After", date}});
    const Answer answer = world.answer_to({.body = tool_call("read_note", "41")});
    expect_failure(answer, 503, "upstream_overloaded");
    EXPECT_EQ(answer.field("retry-after"), date);
}

// JSON-RPC 2.0 §5: of a request whose id could not be read.
TEST(GatewayUpstream, MayAnswerWithAnErrorOfNoId) {
    const std::string error =
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})";
    for (const int status : {200, 400, 500}) {
        for (const bool lists : {false, true}) {
            World world;
            world.upstream.answer = FakeUpstream::fixed(status, "application/json", error);
            const Answer answer = world.answer_to(
                {.body = lists ? rpc("tools/list", "{}", "41") : tool_call("read_note", "41")});
            EXPECT_EQ(answer.status, status);
            EXPECT_EQ(answer.body, error);
        }
    }
    for (const bool lists : {false, true}) {
        World world;
        world.upstream.answer = FakeUpstream::fixed(200, "text/event-stream",
                                                    "event: message\ndata: " + error + "\n\n");
        const Answer answer = world.answer_to(
            {.body = lists ? rpc("tools/list", "{}", "41") : tool_call("read_note", "41")});
        EXPECT_TRUE(has(answer.body, error)) << answer.body;
    }
}

TEST(GatewayUpstream, MayAnswerWithAnyJsonAndItsOwnStatus) {
    const std::string odd =
        R"({"jsonrpc":"2.0","id":1,"result":{"a":123456789012345678901234567890,"a":[-1.5e3,"\""]}})";
    for (const auto& [status, type, body] :
         {std::tuple(200, "application/json; charset=utf-8", odd),
          std::tuple(500, "application/json", odd), std::tuple(202, "", std::string()),
          std::tuple(404, "text/plain", std::string("no session")),
          std::tuple(404, "application/json", std::string())}) {
        World world;
        world.upstream.answer = FakeUpstream::fixed(status, type, body);
        const Answer answer = world.answer_to({.body = tool_call("read_note", "41")});
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.body, body);
    }
    // A notification needs no answer.
    World world;
    world.upstream.answer = FakeUpstream::fixed(200, "text/plain", "ok");
    const Answer answer = world.answer_to({.body = R"({"jsonrpc":"2.0","method":"n"})"});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "ok");
}

TEST(GatewayUpstream, KeepsTheStatusOfARefusalThatCannotBeRead) {
    World world;
    world.upstream.answer =
        FakeUpstream::fixed(405, "application/json", "Method Not Allowed", {{"Allow", "POST"}});
    const Answer no_stream = world.answer_to({.method = http::Method::get});
    EXPECT_EQ(no_stream.status, 405);
    EXPECT_EQ(no_stream.field("allow"), "POST");
    EXPECT_TRUE(has(no_stream.body, R"("jsonrpc":"2.0","error")"));

    World other;
    other.upstream.answer = FakeUpstream::fixed(404, "application/json", "gone");
    expect_failure(other.answer_to({.body = tool_call("read_note", "41")}), 404, "upstream_failed");
}

TEST(GatewayUpstream, KeepsItsConnectionBetweenProperAnswers) {
    World world;
    int connections = 0;
    world.settings.resources[0].upstream = "http://127.0.0.1:9001/mcp";
    world.raw = [&](io::Shard& shard, int fd) -> io::Task<void> {
        ++connections;
        simulation::BytePeer peer(std::make_unique<io::Stream>(shard, fd));
        for (int i = 0; i < 3; ++i) {
            co_await peer.take_through("read_note");
            co_await peer.take_through("}}}");
            co_await peer.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n"
                R"({"id":1,"result":7})");
        }
        co_await peer.take_to_end();
        co_await peer.close();
    };
    world.play([&](io::Shard& shard) -> io::Task<void> {
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ((co_await world.ask(shard, {.body = tool_call("read_note")})).status, 200);
        }
    });
    EXPECT_EQ(connections, 1);
}

}  // namespace
}  // namespace sluice::resource
