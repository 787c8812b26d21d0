// Coroutines that run on another shard.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <string>

#include "io/event.h"
#include "io/kernel_ring.h"
#include "io/readiness.h"
#include "io/runtime.h"
#include "io/sharded.h"

namespace sluice::io {
namespace {

struct Counter {
    Shard& shard;
    int value = 0;
};

// Two shards; `work` runs on the first, and then both stop.
template <class Work>
void run_on_two_shards(Work work) {
    SystemClock clock;
    auto runtime = Runtime::create(2, {}, clock);
    ASSERT_TRUE(runtime) << runtime.error();
    Counter first{(*runtime)->shard(0)};
    Counter second{(*runtime)->shard(1)};
    Sharded<Counter> counters;
    counters.set(0, first);
    counters.set(1, second);
    std::atomic<bool> finished = false;
    (*runtime)->start([&](Shard& shard, Event& stop) -> Task<void> {
        if (shard.index() == 0) {
            co_await work(shard, counters);
            finished = true;
        }
        co_await stop.wait();
    });
    while (!finished) usleep(1000);
    (*runtime)->request_stop();
    (*runtime)->join();
}

TEST(CrossTask, WaitsOnTheShardOfItsOwnerAndGivesItsValueThere) {
    run_on_two_shards([](Shard& here, Sharded<Counter>& counters) -> Task<void> {
        for (unsigned owner = 0; owner < 2; ++owner) {
            const auto slowly = [owner](Counter& counter) -> Task<std::string> {
                co_await Sleep(counter.shard, std::chrono::milliseconds(2));
                counter.value += 5;
                co_return "shard " + std::to_string(counter.shard.index()) + " of " +
                    std::to_string(owner);
            };
            const std::string answer = co_await counters.run(here, owner, slowly);
            EXPECT_EQ(answer, "shard " + std::to_string(owner) + " of " + std::to_string(owner));
            const int value =
                co_await counters.call(here, owner, [](Counter& counter) { return counter.value; });
            EXPECT_EQ(value, 5);
        }
    });
}

TEST(Readiness, TellsWhenADescriptorOfAnybodyBecomesReady) {
    run_on_two_shards([](Shard& here, Sharded<Counter>&) -> Task<void> {
        const int fd = eventfd(0, EFD_CLOEXEC);
        CancelScope scope;
        Deadline deadline(scope);
        here.timers().start(deadline, here.now() + std::chrono::milliseconds(5));
        const auto nothing = co_await Readiness(here, fd, POLLIN, &scope);
        EXPECT_FALSE(nothing);
        EXPECT_TRUE(!nothing && nothing.error().timed_out());
        EXPECT_EQ(eventfd_write(fd, 1), 0);
        const auto ready = co_await Readiness(here, fd, POLLIN);
        EXPECT_TRUE(ready && (*ready & POLLIN) != 0);
        close(fd);
    });
}

}  // namespace
}  // namespace sluice::io
