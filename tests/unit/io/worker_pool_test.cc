#include "io/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

#include "io/runtime.h"
#include "tests/unit/io/scripted_ring.h"

namespace sluice::io {
namespace {

Task<void> compute(WorkerPool& pool, Shard& shard, int* got) {
    const auto result = co_await pool.run(shard, [] { return 6 * 7; });
    *got = result ? *result : -1;
}

TEST(WorkerPool, WithoutThreadsRunsInline) {
    ScriptedShard world;
    WorkerPool pool({}, 0);
    TaskGroup tasks;
    int got = 0;
    tasks.spawn(compute(pool, world.shard, &got));
    EXPECT_EQ(got, 42);
}

struct PoolOnRuntime : testing::Test {
    void run(Runtime::Root root) {
        auto made =
            Runtime::create(1, {.submissions = 64, .completions = 256, .buffers = 16}, clock);
        ASSERT_TRUE(made.has_value()) << made.error();
        (*made)->start(std::move(root));
        (*made)->join();
    }
    SystemClock clock;
};

TEST_F(PoolOnRuntime, RunsOnAnotherThreadAndComesBackToItsShard) {
    WorkerPool pool(make_wakers(2).value(), 100);
    run([&pool](Shard& shard, Event&) -> Task<void> {
        const auto home = std::this_thread::get_id();
        for (int i = 0; i < 50; ++i) {
            const auto where = co_await pool.run(shard, [] { return std::this_thread::get_id(); });
            EXPECT_TRUE(where.has_value());
            EXPECT_NE(*where, home);
            EXPECT_EQ(std::this_thread::get_id(), home);
        }
    });
}

struct Counts {
    int done = 0;
    int refused = 0;
};

Task<void> block(WorkerPool& pool, Shard& shard, std::counting_semaphore<>& gate, Counts& counts) {
    const auto result = co_await pool.run(shard, [&gate] {
        gate.acquire();
        return true;
    });
    ++(result ? counts.done : counts.refused);
}

TEST_F(PoolOnRuntime, RefusesWhatIsTooMuchAndFinishesTheRest) {
    WorkerPool pool(make_wakers(1).value(), 3);
    std::counting_semaphore<> gate(0);
    run([&](Shard& shard, Event&) -> Task<void> {
        Counts counts;
        TaskGroup tasks;
        for (int i = 0; i < 10; ++i) tasks.spawn(block(pool, shard, gate, counts));
        // One may run already; three wait.
        EXPECT_GE(counts.refused, 6);
        EXPECT_LE(counts.refused, 7);
        gate.release(10);
        co_await tasks.join();
        EXPECT_EQ(counts.done + counts.refused, 10);
        EXPECT_GE(counts.done, 3);
        EXPECT_LE(counts.done, 4);
    });
}

TEST_F(PoolOnRuntime, CarriesWhatCanOnlyBeMoved) {
    WorkerPool pool(make_wakers(1).value(), 3);
    run([&](Shard& shard, Event&) -> Task<void> {
        auto text = std::make_unique<std::string>("there");
        auto back = co_await pool.run(shard, [held = std::move(text)]() mutable {
            *held += " and back";
            return std::move(held);
        });
        EXPECT_TRUE(back.has_value());
        EXPECT_EQ(**back, "there and back");
    });
}

}  // namespace
}  // namespace sluice::io
