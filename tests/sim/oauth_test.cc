// Codes, refresh tokens and revocations of a whole simulated server, its shards and its network:
// single use, one living chain, dead stays dead.
#include <gtest/gtest.h>

#include <set>

#include "tests/sim/oauth_actor.h"
#include "tests/sim/stage.h"

namespace sluice::simulation {
namespace {

using std::chrono::seconds;

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
    const auto answers = co_await ask_in_parallel(shard, {8, code_request(code)});
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
        const auto answers =
            co_await ask_in_parallel(shard, {16, refresh_request(current.refresh)});
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
    const auto replays = co_await ask_in_parallel(shard, {4, refresh_request(first.refresh)});
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

}  // namespace
}  // namespace sluice::simulation
