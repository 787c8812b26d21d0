#include "io/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "io/task_group.h"

namespace sluice::io {
namespace {

Task<int> give(int value) {
    co_return value;
}

Task<void> add(int* sum, int times) {
    for (int i = 0; i < times; ++i) *sum += co_await give(1);
}

/// Runs a task that never waits for anything outside.
void run(Task<void> task) {
    TaskGroup group;
    group.spawn(std::move(task));
    EXPECT_EQ(group.size(), 0u);
}

TEST(Task, GivesItsValueToTheAwaiter) {
    int sum = 0;
    run(add(&sum, 3));
    EXPECT_EQ(sum, 3);
}

TEST(Task, AMillionAwaitsInARowNeedNoStack) {
    int sum = 0;
    run(add(&sum, 1'000'000));
    EXPECT_EQ(sum, 1'000'000);
}

Task<int> descend(int depth) {
    co_return depth == 0 ? 0 : 1 + co_await descend(depth - 1);
}

Task<void> go_down(int depth, int* reached) {
    *reached = co_await descend(depth);
}

TEST(Task, AwaitsAHundredThousandDeep) {
    int reached = 0;
    run(go_down(100'000, &reached));
    EXPECT_EQ(reached, 100'000);
}

Task<std::unique_ptr<std::string>> give_owner() {
    co_return std::make_unique<std::string>("moved, not copied");
}

Task<void> take_owner(std::string* into) {
    auto owner = co_await give_owner();
    *into = *owner;
}

TEST(Task, MovesWhatItReturns) {
    std::string text;
    run(take_owner(&text));
    EXPECT_EQ(text, "moved, not copied");
}

struct Counted {
    explicit Counted(int* count) : count_(count) { ++*count_; }
    Counted(const Counted& other) : count_(other.count_) { ++*count_; }
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --*count_; }
    int* count_;
};

Task<void> hold(Counted counted, bool* ran) {
    *ran = *counted.count_ > 0;
    co_return;
}

TEST(Task, IsLazyAndDestroysItsParametersWhenDroppedUnstarted) {
    int alive = 0;
    bool ran = false;
    {
        const Task<void> task = hold(Counted(&alive), &ran);
        EXPECT_EQ(alive, 1);
    }
    EXPECT_EQ(alive, 0);
    EXPECT_FALSE(ran);
}

TEST(Task, DestroysItsParametersOnceAwaited) {
    int alive = 0;
    bool ran = false;
    run(hold(Counted(&alive), &ran));
    EXPECT_TRUE(ran);
    EXPECT_EQ(alive, 0);
}

TEST(Task, AnAssignedTaskDropsTheOneBefore) {
    int alive = 0;
    bool first = false;
    bool second = false;
    Task<void> task = hold(Counted(&alive), &first);
    task = hold(Counted(&alive), &second);
    EXPECT_EQ(alive, 1);
    run(std::move(task));
    EXPECT_FALSE(first);
    EXPECT_TRUE(second);
}

/// Something to wait for that the test releases.
struct Gate {
    void open() { std::exchange(waiting, nullptr).resume(); }
    std::coroutine_handle<> waiting;
};

struct GateRef {
    Gate& gate;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) { gate.waiting = awaiting; }
    void await_resume() const {}
};

Task<void> pass(Gate* gate, int* passed) {
    co_await GateRef{*gate};
    ++*passed;
}

Task<void> join(TaskGroup* group, bool* joined) {
    co_await group->join();
    *joined = true;
}

TEST(TaskGroup, JoinWaitsForTheLastOfItsTasks) {
    Gate first;
    Gate second;
    int passed = 0;
    bool joined = false;
    TaskGroup group;
    group.spawn(pass(&first, &passed));
    group.spawn(pass(&second, &passed));
    EXPECT_EQ(group.size(), 2u);
    TaskGroup joining;
    joining.spawn(join(&group, &joined));
    first.open();
    EXPECT_FALSE(joined);
    second.open();
    EXPECT_TRUE(joined);
    EXPECT_EQ(passed, 2);
}

Task<void> pass_and_spawn(TaskGroup* group, Gate* gate, Gate* next, int* passed) {
    co_await GateRef{*gate};
    group->spawn(pass(next, passed));
}

TEST(TaskGroup, JoinWaitsForTasksSpawnedMeanwhile) {
    Gate first;
    Gate second;
    int passed = 0;
    bool joined = false;
    TaskGroup group;
    group.spawn(pass_and_spawn(&group, &first, &second, &passed));
    TaskGroup joining;
    joining.spawn(join(&group, &joined));
    first.open();
    EXPECT_FALSE(joined);
    second.open();
    EXPECT_TRUE(joined);
}

TEST(TaskGroup, JoinOfAnEmptyGroupDoesNotWait) {
    TaskGroup group;
    bool joined = false;
    run(join(&group, &joined));
    EXPECT_TRUE(joined);
}

Task<void> join_own(std::unique_ptr<TaskGroup> group, Gate* gate, int* passed) {
    group->spawn(pass(gate, passed));
    co_await group->join();
}

TEST(TaskGroup, MayGoAsSoonAsItIsJoined) {
    Gate gate;
    int passed = 0;
    TaskGroup outer;
    outer.spawn(join_own(std::make_unique<TaskGroup>(), &gate, &passed));
    gate.open();
    EXPECT_EQ(outer.size(), 0u);
    EXPECT_EQ(passed, 1);
}

TEST(TaskGroupDeathTest, DroppedWithATaskInsideIsACheck) {
    EXPECT_DEATH(
        {
            Gate gate;
            int passed = 0;
            TaskGroup group;
            group.spawn(pass(&gate, &passed));
        },
        "dropped with tasks in it");
}

Task<void> throw_something() {
    throw std::runtime_error("out of place");
    co_return;
}

TEST(TaskDeathTest, AnExceptionThatLeavesACoroutineIsACheck) {
    EXPECT_DEATH(run(throw_something()), "no exception leaves a coroutine.*out of place");
}

}  // namespace
}  // namespace sluice::io
