// What a client can produce for nothing does not lower another tool's share.
#include <gtest/gtest.h>

#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

void add_friction(World& world) {
    friction::RawFrictionConfig raw;
    raw.warmup_calls = 0;
    raw.adjustment_rate = 1.0;
    raw.tools.push_back({.name = "delete_note", .target_rate = 0.2});
    world.settings.resources[0].friction =
        std::make_shared<const friction::FrictionConfig>(friction::validate(raw).value());
}

bool is_held(const Answer& answer) {
    return answer.status == 200 && answer.body.find("was not run") != std::string::npos;
}

constexpr std::string_view unknown_tool =
    R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool"}})";
constexpr std::string_view failed_tool =
    R"({"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[]}})";
constexpr std::string_view done = R"({"jsonrpc":"2.0","id":1,"result":{"content":[]}})";

bool has_tool(std::string_view body, std::string_view tool) {
    return body.find(fmt::format("\"name\":\"{}\"", tool)) != std::string_view::npos;
}

/// Has delete_note and read_note; says `otherwise` to calls of everything else.
std::function<io::Task<void>(http::Exchange&)> server_of_notes(std::string_view otherwise,
                                                               std::string type) {
    return [=](http::Exchange& exchange) -> io::Task<void> {
        const std::string_view body = exchange.request().body();
        const bool known = has_tool(body, "delete_note") || has_tool(body, "read_note");
        const std::string_view answer = known ? done : otherwise;
        exchange.response().add_field("Content-Type", type);
        exchange.response().body() =
            type == "text/event-stream" ? fmt::format("data: {}\n\n", answer) : std::string(answer);
        co_return;
    };
}

/// How many of 40 deletes pass with five calls of `other` after each.
int deletes_with(World& world, std::string other) {
    int passed = 0;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        for (int i = 0; i < 40; ++i) {
            const Answer answer =
                co_await world.ask(shard, {.body = tool_call("delete_note"), .token = "writer"});
            passed += is_held(answer) ? 0 : 1;
            for (int k = 0; k < 5; ++k) {
                co_await world.ask(shard, {.body = tool_call(other), .token = "writer"});
            }
        }
    });
    return passed;
}

class CountingTest : public testing::TestWithParam<std::tuple<std::string_view, std::string>> {};

TEST_P(CountingTest, ToolsThatTheServerDoesNotHaveDiluteNothing) {
    const auto& [otherwise, type] = GetParam();
    World world;
    add_friction(world);
    world.upstream.answer = server_of_notes(otherwise, type);
    EXPECT_LT(deletes_with(world, "no_such_tool"), 10);
}

TEST_P(CountingTest, ToolsThatItHasCount) {
    const auto& [otherwise, type] = GetParam();
    World world;
    add_friction(world);
    world.upstream.answer = server_of_notes(otherwise, type);
    EXPECT_EQ(deletes_with(world, "read_note"), 40);
}

INSTANTIATE_TEST_SUITE_P(Answers, CountingTest,
                         testing::Combine(testing::Values(unknown_tool, failed_tool),
                                          testing::Values("application/json",
                                                          "text/event-stream")));

TEST(GatewayCounting, ABatchCountsByItsAnswersIds) {
    World world;
    add_friction(world);
    world.upstream.answer =
        FakeUpstream::fixed(200, "application/json",
                            R"([{"jsonrpc":"2.0","id":"a","error":{"code":-32602,"message":"?"}},)"
                            R"({"jsonrpc":"2.0","id":2,"result":{"content":[]}}])");
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const std::string batch =
            "[" + tool_call("no_such_tool", "\"a\"") + "," + tool_call("read_note", "2") + "]";
        co_await world.ask(shard, {.body = batch, .token = "writer"});
    });
    EXPECT_EQ(world.report.counted, std::vector<std::string>{"read_note"});
}

TEST(GatewayCounting, AListedToolCountsAtOnce) {
    World world;
    add_friction(world);
    world.settings.resources[0].tool_changes = ToolChanges::log;
    world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        exchange.response().add_field("Content-Type", "application/json");
        exchange.response().body() =
            exchange.request().body().contains("tools/list")
                ? R"({"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"read_note"}]}})"
                : std::string(failed_tool);
        co_return;
    };
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await world.ask(shard, {.body = tool_call("read_note")});
        EXPECT_TRUE(world.report.counted.empty());
        co_await world.ask(shard, {.body = rpc("tools/list", "{}")});
        co_await world.ask(shard, {.body = tool_call("read_note")});
    });
    EXPECT_EQ(world.report.counted, std::vector<std::string>{"read_note"});
}

// Multi-round-trip requests of 2026-07-28.

Ask stateless_call(std::string_view tool, std::string_view more) {
    constexpr std::string_view version = "2026-07-28";
    return {.body = rpc("tools/call",
                        fmt::format(R"({{"name":"{}","arguments":{{}},"_meta":)"
                                    R"({{"io.modelcontextprotocol/protocolVersion":"{}"}}{}}})",
                                    tool, version, more)),
            .fields = {{"MCP-Protocol-Version", std::string(version)},
                       {"Mcp-Method", "tools/call"},
                       {"Mcp-Name", std::string(tool)}},
            .token = "writer"};
}

constexpr std::string_view asks =
    R"({"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required",)"
    R"("inputRequests":{"a":{"method":"elicitation/create"}},"requestState":"s1"}})";
constexpr std::string_view with_answer =
    R"(,"requestState":"s1","inputResponses":{"a":{"action":"accept"}})";

/// Asks back unless the call brings answers.
io::Task<void> ask_back(http::Exchange& exchange) {
    exchange.response().add_field("Content-Type", "application/json");
    exchange.response().body() = exchange.request().body().contains("inputResponses") ? done : asks;
    co_return;
}

TEST(GatewayCounting, ARetryWithAnswersIsTheSameCall) {
    World world;
    add_friction(world);
    world.upstream.answer = ask_back;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await world.ask(shard, stateless_call("delete_note", ""));
        co_await world.ask(shard, stateless_call("delete_note", with_answer));
        EXPECT_EQ(world.report.friction.size(), 1U);
        // A round is closed by one retry.
        co_await world.ask(shard, stateless_call("delete_note", with_answer));
        EXPECT_EQ(world.report.friction.size(), 2U);
    });
    EXPECT_EQ(world.upstream.seen.size(), 3U);
}

TEST(GatewayCounting, AStateThatNobodyAskedForIsNoRetry) {
    World world;
    add_friction(world);
    world.upstream.answer = ask_back;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await world.ask(shard, stateless_call("delete_note", with_answer));
        EXPECT_EQ(world.report.friction.size(), 1U);
        co_await world.ask(shard, stateless_call("delete_note", ""));
        // Of another tool, another state, another client.
        co_await world.ask(shard, stateless_call("create_note", with_answer));
        co_await world.ask(shard, stateless_call("delete_note", R"(,"requestState":"s2")"));
        Ask other = stateless_call("delete_note", with_answer);
        other.token = "second";
        co_await world.ask(shard, other);
        EXPECT_EQ(world.report.friction.size(), 4U);
    });
}

}  // namespace
}  // namespace sluice::resource
