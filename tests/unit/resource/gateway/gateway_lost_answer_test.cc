// Answers that do not come: every request gets one all the same, and the log says why.
#include <gtest/gtest.h>

#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

constexpr std::string_view other_event = "data: {\"jsonrpc\":\"2.0\",\"method\":\"n\"}\n\n";
constexpr std::string_view answer_event = "data: {\"jsonrpc\":\"2.0\",\"id\":41,\"result\":{}}\n\n";

/// Sends `text` as an event stream, and breaks it off there if `breaks`.
std::function<io::Task<void>(http::Exchange&)> stream(std::string text, bool breaks = false) {
    return [=](http::Exchange& exchange) -> io::Task<void> {
        exchange.response().add_field("Content-Type", "text/event-stream");
        if (!co_await exchange.begin_stream()) co_return;
        if (!co_await exchange.write(text)) co_return;
        if (!breaks) static_cast<void>(co_await exchange.finish());
    };
}

std::string error_with(std::string_view id) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32012,)", id);
}

TEST(GatewayLostAnswer, AStreamThatEndsWithoutTheAnswerEndsWithAnError) {
    for (const bool breaks : {false, true}) {
        World world;
        world.upstream.answer = stream(std::string(other_event), breaks);
        const Answer answer = world.answer_to({.body = tool_call("read_note", "4.10")});
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.body.starts_with(other_event)) << answer.body;
        EXPECT_TRUE(has(answer.body, "event: message\ndata: " + error_with("4.10"))) << answer.body;
        EXPECT_TRUE(answer.complete);
        EXPECT_EQ(world.report.refusals, std::vector<std::string>{"200 upstream_failed "});
        EXPECT_TRUE(has(world.report.details.front(), breaks ? "cut off" : "ended"));
    }
}

TEST(GatewayLostAnswer, AStreamWithTheAnswerEndsAsItDid) {
    for (const bool breaks : {false, true}) {
        World world;
        world.upstream.answer = stream(std::string(answer_event), breaks);
        const Answer answer = world.answer_to({.body = tool_call("read_note", "41")});
        EXPECT_EQ(answer.body, answer_event);
        EXPECT_EQ(answer.complete, !breaks);
        EXPECT_TRUE(world.report.refusals.empty());
    }
}

TEST(GatewayLostAnswer, AStreamThatCanBeTakenUpAgainIsLeftToItsClient) {
    for (const bool breaks : {false, true}) {
        World world;
        world.upstream.answer = stream("id: 7\ndata:\n\n", breaks);
        const Answer answer = world.answer_to({.body = tool_call("read_note", "41")});
        EXPECT_EQ(answer.body, "id: 7\ndata: \n\n");
        EXPECT_EQ(answer.complete, !breaks);
    }
}

TEST(GatewayLostAnswer, AnEventThatCannotBeReadIsAnError) {
    World world;
    world.upstream.answer =
        stream("id: 7\ndata: {\"jsonrpc\":\"2.0\",\"id\":41,\"result\":{\"tools\":[}}\n\n");
    const Answer answer = world.answer_to({.body = rpc("tools/list", "{}", "41")});
    EXPECT_TRUE(has(answer.body, error_with("41"))) << answer.body;
    ASSERT_EQ(world.report.details.size(), 2U);
    EXPECT_TRUE(has(world.report.details.front(), "no valid JSON"));
}

TEST(GatewayLostAnswer, EachRequestOfABatchIsAnswered) {
    const std::string batch =
        fmt::format(R"([{},{},{{"jsonrpc":"2.0","method":"n"}},{}])", rpc("ping", "{}", "1.0"),
                    rpc("ping", "{}", R"("\u0061")"), rpc("ping", "{}", "\"c\""));
    constexpr std::string_view answered =
        R"([{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":"a","error":{"code":1}}])";
    for (const bool streams : {false, true}) {
        World world;
        world.upstream.answer =
            streams ? stream(fmt::format("data: {}\n\n", answered))
                    : FakeUpstream::fixed(200, "application/json", std::string(answered));
        const Answer answer = world.answer_to({.body = batch});
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(has(answer.body, R"({"jsonrpc":"2.0","id":1,"result":{}})")) << answer.body;
        EXPECT_TRUE(has(answer.body, error_with("\"c\""))) << answer.body;
        EXPECT_FALSE(has(answer.body, error_with("1.0"))) << answer.body;
        EXPECT_FALSE(has(answer.body, error_with("\"a\""))) << answer.body;
    }
}

TEST(GatewayLostAnswer, ABodyWithoutAnAnswerIsABadGateway) {
    for (const std::string_view body :
         {"{}", "[]", "7", R"({"jsonrpc":"2.0","method":"n"})", R"({"jsonrpc":"2.0","id":41})"}) {
        World world;
        world.upstream.answer = FakeUpstream::fixed(200, "application/json", std::string(body));
        const Answer answer = world.answer_to({.body = tool_call("read_note", "41")});
        EXPECT_EQ(answer.status, 502) << body;
        EXPECT_TRUE(has(answer.body, error_with("41"))) << answer.body;
    }
    // The server could not read the id.
    constexpr std::string_view null_id = R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700}})";
    World world;
    world.upstream.answer = FakeUpstream::fixed(200, "application/json", std::string(null_id));
    EXPECT_EQ(world.answer_to({.body = tool_call("read_note", "41")}).body, null_id);
}

}  // namespace
}  // namespace sluice::resource
