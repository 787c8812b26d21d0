// Friction in the way of tool calls.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void add_friction(World& world, friction::Mode mode, std::string_view tool = "delete_note") {
    friction::RawFrictionConfig raw;
    raw.mode = mode;
    raw.warmup_calls = 0;
    raw.adjustment_rate = 1.0;
    raw.tools.push_back({.name = std::string(tool), .target_rate = 0.03});
    world.settings.resources[0].friction =
        std::make_shared<const friction::FrictionConfig>(friction::validate(raw).value());
}

bool is_held(const Answer& answer) {
    return answer.status == 200 && answer.body.find("\"isError\":true") != std::string::npos;
}

/// Calls delete_note until it is held back, at most 50 times; the last answer.
io::Task<Answer> overuse(World& world, io::Shard& shard, Ask ask) {
    Answer answer;
    for (int i = 0; i < 50 && !is_held(answer); ++i) answer = co_await world.ask(shard, ask);
    co_return answer;
}

TEST(GatewayFriction, HoldsAnOverusedToolBackWithAToolResult) {
    World world;
    add_friction(world, friction::Mode::block);
    Answer held;
    std::size_t passed = 0;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        held = co_await overuse(world, shard,
                                {.body = tool_call("delete_note", "\"x\""), .token = "writer"});
        passed = world.upstream.seen.size();
        co_await world.ask(shard, {.body = tool_call("delete_note"), .token = "writer"});
        EXPECT_EQ(world.upstream.seen.size(), passed);
        const Answer other =
            co_await world.ask(shard, {.body = tool_call("read_note"), .token = "writer"});
        EXPECT_FALSE(is_held(other));
    });
    EXPECT_GT(passed, 0U);
    ASSERT_TRUE(is_held(held)) << held.body;
    EXPECT_EQ(held.field("content-type"), "application/json");
    const auto document = JsonDocument::parse(held.body);
    EXPECT_EQ(document.value().root().find_string("id"), "x");
    const JsonValue meta = *document->root().find("result")->find("_meta");
    EXPECT_EQ(meta.find_string("level"), "BLOCKED");
    EXPECT_GT(meta.find("retry_after_seconds")->integer(), 0);
    // Every call of a configured tool is reported; the last of the overused ones was acted on.
    EXPECT_EQ(world.report.friction.front(), "pub alice delete_note allowed ");
    EXPECT_EQ(world.report.friction.back(), "pub alice delete_note held acted");
    EXPECT_EQ(world.report.friction.size(), passed + 2);
}

TEST(GatewayFriction, AnswersWithEventsWhereTheClientTakesNothingElse) {
    World world;
    add_friction(world, friction::Mode::block);
    Answer held;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        held = co_await overuse(world, shard,
                                {.body = tool_call("delete_note"),
                                 .fields = {{"Accept", "text/event-stream"}},
                                 .token = "writer"});
    });
    ASSERT_TRUE(is_held(held));
    EXPECT_EQ(held.field("content-type"), "text/event-stream");
    EXPECT_TRUE(held.body.starts_with("event: message\ndata: {\"jsonrpc\""));
    EXPECT_TRUE(held.body.ends_with("\n\n"));
}

TEST(GatewayFriction, ADeniedCallCostsNothing) {
    World world;
    add_friction(world, friction::Mode::block);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        for (int i = 0; i < 60; ++i) {
            co_await world.ask(shard, {.body = tool_call("delete_note"), .token = "reader"});
        }
        EXPECT_TRUE(world.report.friction.empty());
        const Answer first =
            co_await world.ask(shard, {.body = tool_call("delete_note"), .token = "writer"});
        EXPECT_FALSE(is_held(first));
    });
}

TEST(GatewayFriction, ABatchThatLacksAScopeAnywhereCostsNothing) {
    World world;
    add_friction(world, friction::Mode::block, "read_note");
    world.play([&](io::Shard& shard) -> io::Task<void> {
        for (int i = 0; i < 60; ++i) {
            const Answer answer =
                co_await world.ask(shard, {.body = "[" + tool_call("read_note", "1") + "," +
                                                   tool_call("delete_note", "2") + "]"});
            EXPECT_EQ(answer.status, 403);
        }
        EXPECT_TRUE(world.report.friction.empty());
        EXPECT_TRUE(world.upstream.seen.empty());
        EXPECT_FALSE(is_held(co_await world.ask(shard, {.body = tool_call("read_note")})));
    });
    EXPECT_EQ(world.report.friction, std::vector<std::string>{"pub alice read_note allowed "});
}

TEST(GatewayFriction, OnlyReportsInModeObserve) {
    World world;
    add_friction(world, friction::Mode::observe);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const Answer last =
            co_await overuse(world, shard, {.body = tool_call("delete_note"), .token = "writer"});
        EXPECT_FALSE(is_held(last));
    });
    EXPECT_EQ(world.upstream.seen.size(), 50U);
    EXPECT_EQ(world.report.friction.back(), "pub alice delete_note held ");
}

TEST(GatewayFriction, SlowsDownInModeDelay) {
    World world;
    add_friction(world, friction::Mode::delay);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await overuse(world, shard, {.body = tool_call("delete_note"), .token = "writer"});
        const Duration before = world.sim().elapsed();
        const Answer slow =
            co_await world.ask(shard, {.body = tool_call("delete_note"), .token = "writer"});
        EXPECT_FALSE(is_held(slow));
        EXPECT_GT(world.sim().elapsed() - before, milliseconds{1500});
        EXPECT_LT(world.sim().elapsed() - before, milliseconds{2500});
    });
}

TEST(GatewayFriction, AClientThatLeavesWhileItIsDelayedIsNotPassedOn) {
    World world;
    add_friction(world, friction::Mode::delay);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await overuse(world, shard, {.body = tool_call("delete_note"), .token = "writer"});
        const std::size_t passed = world.upstream.seen.size();
        auto peer = co_await simulation::BytePeer::connect(shard, gateway_address);
        const std::string body = tool_call("delete_note");
        co_await peer->send(
            fmt::format("POST /mcp HTTP/1.1\r\nHost: x\r\n"
                        "Authorization: Bearer writer\r\n"
                        "Content-Type: application/json\r\n"
                        "Content-Length: {}\r\n\r\n{}",
                        body.size(), body));
        co_await io::Sleep(shard, milliseconds{200});
        peer->stream().reset_on_close();
        co_await peer->close();
        co_await io::Sleep(shard, seconds{5});
        EXPECT_EQ(world.upstream.seen.size(), passed);
    });
}

TEST(GatewayFriction, PassesTheRestOfABatchOnAndAddsWhatItHoldsBack) {
    World world;
    add_friction(world, friction::Mode::block);
    world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        exchange.response().add_field("Content-Type", "application/json");
        exchange.response().body() = R"([{"jsonrpc":"2.0","id":1,"result":{"content":[]}}])";
        co_return;
    };
    Answer answer;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await overuse(world, shard, {.body = tool_call("delete_note"), .token = "writer"});
        answer = co_await world.ask(shard, {.body = "[" + tool_call("read_note", "1") + " , " +
                                                    tool_call("delete_note", "2") + "]",
                                            .token = "writer"});
    });
    EXPECT_EQ(world.upstream.seen.back().body, "[" + tool_call("read_note", "1") + "]");
    const auto elements = JsonDocument::parse(answer.body).value().root().elements();
    ASSERT_EQ(elements.size(), 2U);
    EXPECT_TRUE(is_held(answer));
}

TEST(GatewayFriction, CountsExactlyHoweverTheCallsFallOnShards) {
    std::vector<std::size_t> passed;
    for (const unsigned shards : {1U, 3U}) {
        World world(shards, 5);
        add_friction(world, friction::Mode::block);
        world.play([&](io::Shard& shard) -> io::Task<void> {
            co_await overuse(world, shard, {.body = tool_call("delete_note"), .token = "writer"});
        });
        passed.push_back(world.upstream.seen.size());
    }
    EXPECT_EQ(passed[0], passed[1]);
    EXPECT_LT(passed[0], 49U);
}

}  // namespace
}  // namespace sluice::resource
