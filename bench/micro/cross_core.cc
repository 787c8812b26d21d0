// A call from one shard to another and back, on real rings and threads.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "bench/micro/keys.h"
#include "io/runtime.h"
#include "io/sharded.h"
#include "io/task_group.h"

namespace sluice::bench {
namespace {

constexpr std::int64_t calls = 20'000;

struct Counter {
    std::uint64_t value = 0;
};

io::Task<void> call_one_by_one(io::Shard& shard, const io::Sharded<Counter>& counters,
                               std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        co_await counters.call(shard, 1, [](Counter& counter) { return ++counter.value; });
    }
}

io::Task<void> call(io::Shard& shard, const io::Sharded<Counter>& counters, std::int64_t together) {
    if (shard.index() != 0) co_return;
    io::TaskGroup tasks;
    for (std::int64_t i = 0; i < together; ++i) {
        tasks.spawn(call_one_by_one(shard, counters, calls / together));
    }
    co_await tasks.join();
}

/// together  Coroutines that call at once: what they post in one turn travels on one wake-up.
void cross_core_call(benchmark::State& state) {
    SystemClock clock;
    const std::int64_t together = state.range(0);
    std::int64_t cpu_ns = 0;
    std::int64_t rounds = 0;
    for (auto _ : state) {
        auto runtime = io::Runtime::create(2, {}, clock);
        CHECK(runtime.has_value());
        std::vector<Counter> instances(2);
        io::Sharded<Counter> counters;
        for (unsigned i = 0; i < 2; ++i) counters.set(i, instances[i]);
        const std::int64_t cpu_before = process_cpu_ns();
        const auto began = std::chrono::steady_clock::now();
        (*runtime)->start(
            [&](io::Shard& shard, io::Event&) { return call(shard, counters, together); });
        (*runtime)->join();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        CHECK(static_cast<std::int64_t>(instances[1].value) == calls / together * together);
        state.SetIterationTime(took.count() / calls);
        cpu_ns += process_cpu_ns() - cpu_before;
        ++rounds;
    }
    state.counters["cpu_ns_both_cores"] =
        static_cast<double>(cpu_ns) / static_cast<double>(rounds * calls);
}
BENCHMARK(cross_core_call)
    ->ArgName("together")
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->UseManualTime()
    ->Iterations(1);

}  // namespace
}  // namespace sluice::bench
