// Codes, refresh tokens and revocations of a whole simulated server, its shards and its network:
// single use, one living chain, dead stays dead.
#include <gtest/gtest.h>

#include <set>

#include "tests/sim/oauth_actor.h"

namespace sluice::simulation {
namespace {

using std::chrono::seconds;

struct Stage {
    io::Shard& shard;
    Simulation& sim;
    SluiceWorld& world;
};
using Story = std::function<io::Task<void>(io::Shard&)>;
using StageStory = std::function<io::Task<void>(Stage)>;

/// Runs one story per seed against a server of three shards.
void run_on_stage(FaultRates faults, const StageStory& story) {
    // Few by default: each signs in, and checking a password takes long.
    for (std::uint64_t seed = 1; seed <= seed_count(12); ++seed) {
        SCOPED_TRACE(seed);
        auto world = std::make_unique<SluiceWorld>();
        Simulation sim(seed, 3, {.faults = faults, .client_shards = 2, .timers_end = false});
        world->start(sim, 1);
        sim.start_client([&](io::Shard& shard) -> io::Task<void> {
            co_await story({shard, sim, *world});
            world->stop_upstream();
        });
        const bool ended = sim.run();
        if (ended) {
            world->end();
        } else {
            static_cast<void>(world.release());
        }
        if (!ended || testing::Test::HasFailure()) return;
    }
}

void run_story(FaultRates faults, const Story& story) {
    run_on_stage(faults, [&story](Stage stage) { return story(stage.shard); });
}

io::Task<void> ask_into(io::Shard& shard, std::string request, HttpAnswer& answer) {
    answer = co_await ask_once(shard, std::move(request));
}

/// The same request many times at once, each on a connection of its own.
io::Task<std::vector<HttpAnswer>> ask_in_parallel(io::Shard& shard, std::string request,
                                                  std::size_t times) {
    std::vector<HttpAnswer> answers(times);
    io::TaskGroup tasks;
    for (HttpAnswer& answer : answers) tasks.spawn(ask_into(shard, request, answer));
    co_await tasks.join();
    co_return answers;
}

io::Task<void> use_a_token(io::Shard& shard) {
    const Tokens tokens = co_await sign_in(shard);
    EXPECT_TRUE(tokens);
    EXPECT_EQ(co_await is_active(shard, tokens.access), 1);
    EXPECT_EQ(co_await is_active(shard, tokens.access + "x"), 0);
    const HttpAnswer called = co_await ask_once(shard, tool_call(tokens.access, "read_note", 7));
    EXPECT_EQ(called.status, 200);
    EXPECT_TRUE(called.body.starts_with("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\"")) << called.body;
    const HttpAnswer refused = co_await ask_once(shard, tool_call("wrong", "read_note", 7));
    EXPECT_EQ(refused.status, 401);
}

TEST(SimulatedSluice, SignsInIntrospectsAndCalls) {
    run_story(FaultRates::harmless(), use_a_token);
}

io::Task<void> redeem_in_parallel(io::Shard& shard) {
    const std::string code = co_await get_code(shard);
    EXPECT_NE(code, "");
    const auto answers = co_await ask_in_parallel(shard, code_request(code), 8);
    Tokens issued;
    unsigned successes = 0;
    for (const HttpAnswer& answer : answers) {
        if (answer.status == 200) {
            ++successes;
            issued = tokens_of(answer);
        } else {
            EXPECT_EQ(answer.status, 400);
            EXPECT_EQ(json_string(answer.body, "error"), "invalid_grant");
        }
    }
    EXPECT_EQ(successes, 1u);
    // RFC 6749 §4.1.2: the other uses end what the first gave.
    EXPECT_EQ(co_await is_active(shard, issued.access), 0);
    EXPECT_EQ((co_await ask_once(shard, refresh_request(issued.refresh))).status, 400);
}

TEST(SimulatedSluice, ACodeIsUsedOnceHoweverManyUseItAtOnce) {
    run_story(FaultRates::harmless(), redeem_in_parallel);
}

io::Task<void> refresh_in_parallel(io::Shard& shard) {
    Tokens current = co_await sign_in(shard);
    for (int round = 0; round < 3; ++round) {
        const auto answers = co_await ask_in_parallel(shard, refresh_request(current.refresh), 16);
        std::set<std::string> successors;
        Tokens next;
        for (const HttpAnswer& answer : answers) {
            EXPECT_EQ(answer.status, 200) << answer.body;
            next = tokens_of(answer);
            successors.insert(next.refresh);
            EXPECT_EQ(co_await is_active(shard, next.access), 1);
        }
        EXPECT_EQ(successors.size(), 1u) << "exactly one living chain";
        EXPECT_NE(next.refresh, current.refresh);
        current = next;
    }
}

TEST(SimulatedSluice, ParallelRefreshesLeaveExactlyOneLivingChain) {
    run_story(FaultRates::harmless(), refresh_in_parallel);
}

io::Task<void> replay_late(io::Shard& shard) {
    const Tokens first = co_await sign_in(shard);
    const Tokens second = tokens_of(co_await ask_once(shard, refresh_request(first.refresh)));
    const Tokens third = tokens_of(co_await ask_once(shard, refresh_request(second.refresh)));
    EXPECT_EQ(co_await is_active(shard, third.access), 1);
    co_await io::Sleep(shard, seconds{125});  // past the window
    EXPECT_EQ(co_await is_active(shard, third.access), 1);
    const auto replays = co_await ask_in_parallel(shard, refresh_request(first.refresh), 4);
    for (const HttpAnswer& answer : replays) EXPECT_EQ(answer.status, 400);
    for (const Tokens& tokens : {first, second, third}) {
        EXPECT_EQ(co_await is_active(shard, tokens.access), 0);
        EXPECT_EQ((co_await ask_once(shard, refresh_request(tokens.refresh))).status, 400);
    }
}

TEST(SimulatedSluice, AReplayAfterTheWindowEndsTheFamily) {
    run_story(FaultRates::harmless(), replay_late);
}

/// Refreshes; where the answer is lost, asks again with the same token, as a good client does.
io::Task<Tokens> refresh_for_sure(io::Shard& shard, Tokens tokens) {
    for (int i = 0; i < 30; ++i) {
        const HttpAnswer answer = co_await ask_once(shard, refresh_request(tokens.refresh));
        if (answer.status == 200) co_return tokens_of(answer);
        EXPECT_EQ(answer.status, 0) << "the honest client is logged out: " << answer.body;
        co_await io::Sleep(shard, seconds{1});
    }
    co_return Tokens{};
}

io::Task<void> refresh_over_a_bad_network(io::Shard& shard) {
    Tokens tokens = co_await sign_in(shard);
    EXPECT_TRUE(tokens);
    for (int i = 0; i < 10; ++i) {
        tokens = co_await refresh_for_sure(shard, tokens);
        EXPECT_TRUE(tokens);
    }
    int active = -1;
    for (int i = 0; i < 20 && active < 0; ++i) active = co_await is_active(shard, tokens.access);
    EXPECT_EQ(active, 1);
}

TEST(SimulatedSluice, LostAnswersNeverLogAnHonestClientOut) {
    run_story(FaultRates::some(), refresh_over_a_bad_network);
}

/// Introspects over and over; once somebody was told that it is revoked, no asker may be told
/// otherwise.
struct Watch {
    std::string access;
    bool revoked = false;  // the revocation was answered
    bool done = false;
};

io::Task<void> watch_token(io::Shard& shard, Watch& watch) {
    while (!watch.done) {
        const bool revoked_before = watch.revoked;
        const int active = co_await is_active(shard, watch.access);
        if (revoked_before) EXPECT_NE(active, 1) << "a revoked token lives";
        if (revoked_before && active == 0) break;
        co_await io::Sleep(shard, std::chrono::milliseconds{3});
    }
}

io::Task<void> revoke_under_watch(io::Shard& shard) {
    const Tokens tokens = co_await sign_in(shard);
    EXPECT_TRUE(tokens);
    Watch watch{tokens.access};
    io::TaskGroup watchers;
    for (int i = 0; i < 5; ++i) watchers.spawn(watch_token(shard, watch));
    co_await io::Sleep(shard, std::chrono::milliseconds{50});
    for (int i = 0; i < 20 && !watch.revoked; ++i) {
        watch.revoked = (co_await ask_once(shard, revoke_request(tokens.refresh))).status == 200;
    }
    EXPECT_TRUE(watch.revoked);
    co_await io::Sleep(shard, seconds{1});
    watch.done = true;
    co_await watchers.join();
    const HttpAnswer refreshed = co_await ask_once(shard, refresh_request(tokens.refresh));
    EXPECT_NE(refreshed.status, 200);
}

TEST(SimulatedSluice, RevokedStaysDeadForWhoeverAsksAfterwards) {
    run_story(FaultRates::some(), revoke_under_watch);
}

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
