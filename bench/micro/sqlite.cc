// Durable writes and cold reads of the SQLite engine, on a real disk: in $TMPDIR, else /var/tmp.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "bench/micro/keys.h"
#include "io/runtime.h"
#include "io/task_group.h"
#include "storage/sqlite/sqlite_engine.h"
#include "tests/unit/storage/temporary_directory.h"

namespace sluice::bench {
namespace {

using storage::NewTokens;
using storage::Store;

constexpr std::uint64_t operations = 20'000;  // an iteration

token::GrantTag tag_of(std::uint64_t number) {
    return token::GrantTag(mix(number) % token::GrantTag::value_max);
}

NewTokens tokens_of(std::uint64_t number) {
    constexpr std::string_view scope = "notes:read notes:write";
    constexpr std::string_view resource = "https://notes.example/mcp";
    return {.tag = tag_of(number),
            .claims = {"client-12345678", "alice", scope, resource},
            .access = {.digest = digest_of(number),
                       .text = {},
                       .scope = scope,
                       .resource = resource,
                       .issued_at = 1'790'000'000,
                       .expires_at = 9'000'000'000},
            .refresh = std::nullopt};
}

/// The numbers of an iteration's operations, for all shards.
struct Work {
    std::uint64_t first = 0;
    std::atomic<std::uint64_t> taken = 0;
    bool reads = false;
};

io::Task<void> ask(Store& store, Work& work) {
    for (std::uint64_t i = work.taken++; i < operations; i = work.taken++) {
        const NewTokens tokens = tokens_of(work.first + i);
        if (work.reads) {
            const auto family = co_await store.load({tokens.tag, tokens.access.digest, {}});
            CHECK(family && family->access.size() == 1);
        } else {
            const auto outcome = co_await store.add_grant(tokens);
            CHECK(outcome && *outcome == storage::Outcome::done);
        }
    }
}

io::Task<void> run_shard(Store& store, Work& work, std::int64_t together) {
    io::CancelScope scope;
    io::TaskGroup running;
    running.spawn(store.run(scope));
    io::TaskGroup asking;
    for (std::int64_t i = 0; i < together; ++i) asking.spawn(ask(store, work));
    co_await asking.join();
    scope.cancel();
    co_await running.join();
}

void run_once(benchmark::State& state, storage::SqliteEngine& engine, Clock& clock, Work& work,
              std::int64_t& cpu_ns) {
    auto runtime = io::Runtime::create(2, {}, clock);
    CHECK(runtime.has_value());
    std::vector<std::unique_ptr<Store>> stores;
    for (unsigned i = 0; i < 2; ++i) stores.push_back(engine.open((*runtime)->shard(i)));
    const std::int64_t together = state.range(0) / 2;
    const std::int64_t cpu_before = process_cpu_ns();
    const auto began = std::chrono::steady_clock::now();
    (*runtime)->start([&](io::Shard& shard, io::Event&) {
        return run_shard(*stores[shard.index()], work, together);
    });
    (*runtime)->join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    cpu_ns += process_cpu_ns() - cpu_before;
    state.SetIterationTime(took.count() / operations);
    stores.clear();
}

/// Grants of one access token, each acknowledged when it is on the disk; so many wait at once on
/// two shards. Then the same are read again.
void sqlite(benchmark::State& state, bool reads) {
    const char* const wanted = std::getenv("TMPDIR");
    const storage::TemporaryDirectory directory(wanted != nullptr ? wanted : "/var/tmp");
    SystemClock clock;
    auto engine = storage::SqliteEngine::open({.path = directory.path() + "/bench.db"}, clock);
    CHECK(engine.has_value());
    Work work;
    std::int64_t cpu_ns = 0;
    std::int64_t rounds = 0;
    if (reads) run_once(state, **engine, clock, work, cpu_ns);
    cpu_ns = 0;
    work.reads = reads;
    for (auto _ : state) {
        work.taken = 0;
        run_once(state, **engine, clock, work, cpu_ns);
        if (!reads) work.first += operations;
        ++rounds;
    }
    state.counters["cpu_ns_both_cores"] =
        static_cast<double>(cpu_ns) / static_cast<double>(rounds) / operations;
}

BENCHMARK_CAPTURE(sqlite, durable_grants, false)
    ->ArgName("together")
    ->Arg(2)
    ->Arg(64)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(sqlite, cold_reads, true)
    ->ArgName("together")
    ->Arg(2)
    ->Arg(64)
    ->UseManualTime()
    ->Iterations(1);

}  // namespace
}  // namespace sluice::bench
