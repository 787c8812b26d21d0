#include "io/cancel.h"

#include <gtest/gtest.h>

#include "io/event.h"
#include "tests/unit/io/scripted_ring.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;

class Member final : public Cancellable {
public:
    int told = 0;

protected:
    void on_cancel() override { ++told; }
};

TEST(CancelScope, TellsEveryMemberOnce) {
    CancelScope scope;
    Member a;
    Member b;
    Member gone;
    a.join(&scope);
    gone.join(&scope);
    b.join(&scope);
    gone.leave();
    EXPECT_FALSE(scope.cancelled());
    scope.cancel();
    scope.cancel();
    EXPECT_TRUE(scope.cancelled());
    EXPECT_EQ(a.told, 1);
    EXPECT_EQ(b.told, 1);
    EXPECT_EQ(gone.told, 0);
}

TEST(CancelScope, TellsALateMemberAtOnce) {
    CancelScope scope;
    scope.cancel();
    Member late;
    late.join(&scope);
    EXPECT_EQ(late.told, 1);
}

TEST(CancelScope, TheFirstReasonStays) {
    CancelScope scope;
    scope.cancel({ETIMEDOUT});
    scope.cancel({ECANCELED});
    EXPECT_TRUE(scope.reason().timed_out());
}

TEST(CancelScope, IsCancelledWithItsParentForTheSameReason) {
    CancelScope parent;
    CancelScope child(&parent);
    CancelScope grandchild(&child);
    Member member;
    member.join(&grandchild);
    parent.cancel({ETIMEDOUT});
    EXPECT_TRUE(grandchild.reason().timed_out());
    EXPECT_EQ(member.told, 1);
}

TEST(CancelScope, OfACancelledParentIsBornCancelled) {
    CancelScope parent;
    parent.cancel({ETIMEDOUT});
    const CancelScope child(&parent);
    EXPECT_TRUE(child.reason().timed_out());
}

TEST(CancelScope, DoesNotCancelItsParent) {
    CancelScope parent;
    CancelScope child(&parent);
    child.cancel();
    EXPECT_FALSE(parent.cancelled());
    parent.cancel({ETIMEDOUT});
    EXPECT_TRUE(child.reason().cancelled());
}

TEST(CancelScopeDeathTest, DroppedBeforeItsMembersIsACheck) {
    EXPECT_DEATH(
        {
            Member member;
            CancelScope scope;
            member.join(&scope);
        },
        "dropped before its members");
}

TEST(Deadline, CancelsItsScopeForTime) {
    TimerWheel wheel(MonotonicTime{});
    CancelScope scope;
    Deadline deadline(scope);
    wheel.start(deadline, MonotonicTime{milliseconds{10}});
    wheel.start(deadline, MonotonicTime{milliseconds{20}});
    wheel.advance(MonotonicTime{milliseconds{15}});
    EXPECT_FALSE(scope.cancelled());
    wheel.advance(MonotonicTime{milliseconds{20}});
    EXPECT_TRUE(scope.reason().timed_out());
}

Task<void> wait_for(Event* event, CancelScope* scope, int* happened, int* given_up) {
    ++*(co_await event->wait(scope) ? happened : given_up);
}

struct EventTest : testing::Test {
    ScriptedShard world;
    TaskGroup tasks;
    Event event{world.shard};
    CancelScope scope;
    int happened = 0;
    int given_up = 0;
};

TEST_F(EventTest, WakesAllWhoWaitAndStaysSet) {
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    world.turn();
    EXPECT_EQ(happened, 0);
    event.set();
    EXPECT_EQ(happened, 0) << "nobody is resumed inside set()";
    world.turn();
    EXPECT_EQ(happened, 2);
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    EXPECT_EQ(happened, 3);
    event.reset();
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    world.turn();
    EXPECT_EQ(happened, 3);
    event.set();
    world.turn();
    EXPECT_EQ(happened, 4);
}

TEST_F(EventTest, AWaitEndsWithItsScopeAndOthersGoOn) {
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    tasks.spawn(wait_for(&event, &scope, &happened, &given_up));
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    scope.cancel();
    world.turn();
    EXPECT_EQ(given_up, 1);
    EXPECT_EQ(happened, 0);
    event.set();
    world.turn();
    EXPECT_EQ(happened, 2);
    EXPECT_EQ(given_up, 1);
}

TEST_F(EventTest, AWaitInACancelledScopeIsGivenUp) {
    scope.cancel();
    tasks.spawn(wait_for(&event, &scope, &happened, &given_up));
    world.turn();
    EXPECT_EQ(given_up, 1);
}

TEST_F(EventTest, WhatHappenedBeforeTheCancellationCounts) {
    tasks.spawn(wait_for(&event, &scope, &happened, &given_up));
    event.set();
    scope.cancel();
    world.turn();
    EXPECT_EQ(happened, 1);
}

Task<void> sleep(Shard* shard, Duration time, CancelScope* scope, int* elapsed, int* given_up) {
    ++*(co_await Sleep(*shard, time, scope) ? elapsed : given_up);
}

TEST_F(EventTest, ASleepEndsAfterItsTime) {
    tasks.spawn(sleep(&world.shard, milliseconds{10}, &scope, &happened, &given_up));
    world.pass(milliseconds{9});
    EXPECT_EQ(happened, 0);
    world.pass(milliseconds{1});
    EXPECT_EQ(happened, 1);
    scope.cancel();
    world.turn();
    EXPECT_EQ(given_up, 0);
}

TEST_F(EventTest, ASleepOfNoTimeDoesNotWait) {
    tasks.spawn(sleep(&world.shard, Duration::zero(), nullptr, &happened, &given_up));
    EXPECT_EQ(happened, 1);
}

TEST_F(EventTest, ASleepEndsWithItsScope) {
    tasks.spawn(sleep(&world.shard, milliseconds{10}, &scope, &happened, &given_up));
    scope.cancel();
    world.turn();
    EXPECT_EQ(given_up, 1);
    EXPECT_FALSE(world.shard.timers().next_due());
    tasks.spawn(sleep(&world.shard, milliseconds{10}, &scope, &happened, &given_up));
    world.turn();
    EXPECT_EQ(given_up, 2);
    world.pass(milliseconds{20});
    EXPECT_EQ(happened, 0);
}

TEST_F(EventTest, ASleepCancelledInTheTurnItElapsedEndsOnce) {
    Deadline deadline(scope);
    world.shard.timers().start(deadline, world.shard.now() + milliseconds{10});
    tasks.spawn(sleep(&world.shard, milliseconds{10}, &scope, &happened, &given_up));
    world.pass(milliseconds{10});
    EXPECT_EQ(happened + given_up, 1);
    EXPECT_TRUE(scope.cancelled());
}

TEST_F(EventTest, TheShardWaitsNoLongerThanItsNextTimer) {
    world.shard.turn(std::chrono::seconds{1});
    EXPECT_EQ(world.ring->last_wait, Duration{std::chrono::seconds{1}});
    tasks.spawn(sleep(&world.shard, milliseconds{10}, nullptr, &happened, &given_up));
    world.shard.turn(std::chrono::seconds{1});
    EXPECT_EQ(world.ring->last_wait, Duration{milliseconds{10}});
    event.set();
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    event.reset();
    tasks.spawn(wait_for(&event, nullptr, &happened, &given_up));
    event.set();
    world.shard.turn(std::chrono::seconds{1});
    EXPECT_EQ(world.ring->last_wait, Duration::zero()) << "somebody is ready";
    world.pass(milliseconds{10});
}

TEST(EventDeathTest, DroppedWhileSomebodyWaitsIsACheck) {
    EXPECT_DEATH(
        {
            ScriptedShard world;
            TaskGroup tasks;
            int happened = 0;
            Event event(world.shard);
            tasks.spawn(wait_for(&event, nullptr, &happened, &happened));
        },
        "dropped while somebody waits");
}

}  // namespace
}  // namespace sluice::io
