// Tool calls and streams through a whole simulated server: each answer to its own call, and an end
// to everything.
#include <gtest/gtest.h>

#include "tests/sim/oauth_actor.h"
#include "tests/sim/stage.h"

namespace sluice::simulation {
namespace {

using std::chrono::seconds;

io::Task<void> call_tools(io::Shard& shard, Tokens tokens, std::uint64_t first_id, bool may_break) {
    const auto peer = co_await BytePeer::connect(shard, sluice_address);
    if (peer == nullptr) co_return;
    std::string requests;
    for (std::uint64_t id = first_id; id < first_id + 6; ++id) {
        requests += tool_call(tokens.access, id % 5 == 0 ? "slow" : "read_note", id);
    }
    io::TaskGroup sending;
    static_cast<void>(co_await peer->send(requests));
    for (std::uint64_t id = first_id; id < first_id + 6; ++id) {
        const HttpAnswer answer = co_await read_answer(*peer);
        if (!answer.complete && may_break) break;
        const std::string mark = "\"id\":" + std::to_string(id);
        EXPECT_TRUE(answer.body.contains(mark)) << answer.head << answer.body;
        EXPECT_FALSE(answer.body.contains(tokens.access));
        if (answer.status == 200) {
            EXPECT_TRUE(answer.body.contains("\"result\":{\"echo\":{\"jsonrpc\":\"2.0\"," + mark))
                << answer.body;
        } else {
            EXPECT_TRUE(may_break && (answer.status == 502 || answer.status == 504))
                << answer.head << answer.body;
        }
    }
    co_await peer->close();
}

io::Task<void> many_call_tools(io::Shard& shard, bool may_break) {
    const Tokens tokens = co_await sign_in(shard);
    EXPECT_TRUE(tokens);
    io::TaskGroup callers;
    for (std::uint64_t i = 0; i < 5; ++i) {
        callers.spawn(call_tools(shard, tokens, 100 * (i + 1), may_break));
    }
    co_await callers.join();
}

TEST(SimulatedSluice, EveryToolCallGetsTheAnswerWithItsOwnId) {
    run_story(FaultRates::harmless(),
              [](io::Shard& shard) { return many_call_tools(shard, false); });
}

TEST(SimulatedSluice, NoToolCallGetsAnothersAnswerWhenConnectionsBreak) {
    run_story(FaultRates::some(), [](io::Shard& shard) { return many_call_tools(shard, true); });
}

io::Task<void> call_a_stuck_tool(Stage stage) {
    const Tokens tokens = co_await sign_in(stage.shard);
    const MonotonicTime start = stage.shard.now();
    const HttpAnswer answer = co_await ask_once(stage.shard, tool_call(tokens.access, "stuck", 9));
    EXPECT_EQ(answer.status, 504);
    EXPECT_TRUE(answer.body.contains("\"id\":9")) << answer.body;
    EXPECT_LE(stage.shard.now() - start, std::chrono::minutes{5});
    co_await io::Sleep(stage.shard, seconds{2});
    EXPECT_EQ(stage.world.upstream.given_up, 1u) << "the MCP server should know";
}

TEST(SimulatedSluice, AToolThatNeverAnswersEndsByItsDeadline) {
    run_on_stage(FaultRates::harmless(), call_a_stuck_tool);
}

io::Task<void> call_over_a_black_hole(Stage stage) {
    const Tokens tokens = co_await sign_in(stage.shard);
    stage.sim.network().black_hole(upstream_address);
    const MonotonicTime start = stage.shard.now();
    const HttpAnswer answer = co_await ask_once(stage.shard, tool_call(tokens.access, "any", 9));
    EXPECT_TRUE(answer.status == 502 || answer.status == 504) << answer.head;
    EXPECT_TRUE(answer.body.contains("\"id\":9")) << answer.body;
    EXPECT_LE(stage.shard.now() - start, seconds{31});
    EXPECT_EQ(co_await is_active(stage.shard, tokens.access), 1) << "all else goes on";
}

TEST(SimulatedSluice, AnMcpServerBehindABlackHoleIsAnswered) {
    run_on_stage(FaultRates::harmless(), call_over_a_black_hole);
}

io::Task<void> leave_a_stream(Stage stage) {
    const Tokens tokens = co_await sign_in(stage.shard);
    const auto peer = co_await BytePeer::connect(stage.shard, sluice_address);
    EXPECT_NE(peer, nullptr);
    EXPECT_TRUE(
        co_await peer->send("GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                            "Accept: text/event-stream\r\nAuthorization: Bearer " +
                            tokens.access + "\r\n\r\n"));
    const std::string seen = co_await peer->take_through("data: {\"number\":5}\n\n");
    EXPECT_TRUE(seen.contains("data: {\"number\":1}\n\n")) << seen;
    EXPECT_EQ(stage.world.upstream.streams, 1u);
    co_await peer->close();
    co_await io::Sleep(stage.shard, seconds{1});
    EXPECT_EQ(stage.world.upstream.streams, 0u) << "the MCP server should know";
}

TEST(SimulatedSluice, AClientThatLeavesAStreamEndsItAtTheMcpServerToo) {
    run_on_stage(FaultRates::harmless(), leave_a_stream);
}

io::Task<void> drain_with_a_stream(Stage stage) {
    const Tokens tokens = co_await sign_in(stage.shard);
    const auto peer = co_await BytePeer::connect(stage.shard, sluice_address);
    EXPECT_NE(peer, nullptr);
    EXPECT_TRUE(
        co_await peer->send("GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                            "Accept: text/event-stream\r\nAuthorization: Bearer " +
                            tokens.access + "\r\n\r\n"));
    static_cast<void>(co_await peer->take_through("data: {\"number\":3}\n\n"));
    const MonotonicTime start = stage.shard.now();
    stage.sim.request_stop();
    const std::string rest = co_await peer->take_to_end();
    EXPECT_TRUE(rest.ends_with("\r\n0\r\n\r\n")) << "ended, not cut off: " << rest;
    EXPECT_LE(stage.shard.now() - start, seconds{6});
    co_await peer->close();
}

TEST(SimulatedSluice, DrainEndsAStreamWithItsEndMark) {
    run_on_stage(FaultRates::harmless(), drain_with_a_stream);
}

}  // namespace
}  // namespace sluice::simulation
