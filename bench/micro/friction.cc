// A friction check and record, as the gateway asks for it: by a client's 32-byte key.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "bench/micro/keys.h"
#include "friction/registry.h"

namespace sluice::bench {
namespace {

using friction::Moment;

constexpr friction::HashKey hash_key{0x0123456789abcdef, 0xfedcba9876543210};
constexpr std::size_t batch = 64;

constexpr int past_warm_up = 21;
constexpr int full_window = 101;

/// A registry full of clients that are past warm-up and, where they are few, have full windows.
struct Fleet {
    Fleet(std::int64_t tool_count, std::int64_t client_count)
        : config(config_of(tool_count, client_count)), registry(config, hash_key) {
        const std::size_t before = resident_bytes();
        for (std::size_t i = 0; i < tools.size(); ++i) {
            tools[i] = friction::ToolId::listed(
                static_cast<std::uint16_t>(static_cast<std::int64_t>(i) % tool_count));
        }
        for (std::int64_t client = 0; client < client_count; ++client) {
            const std::int64_t began = thread_cpu_ns();
            call(static_cast<std::uint64_t>(client));
            slowest_ns = std::max(slowest_ns, thread_cpu_ns() - began);
        }
        bytes_a_client = (resident_bytes() - before) / static_cast<std::size_t>(client_count);
        const int rounds = client_count > 10'000 ? past_warm_up : full_window;
        for (int round = 0; round < rounds; ++round) {
            for (std::int64_t client = 0; client < client_count; ++client) {
                call(static_cast<std::uint64_t>(client));
            }
        }
    }

    static friction::FrictionConfig config_of(std::int64_t tool_count, std::int64_t client_count) {
        friction::RawFrictionConfig raw;
        raw.max_clients = std::max<std::int64_t>(client_count, 1);
        for (std::int64_t i = 0; i < tool_count; ++i) {
            raw.tools.push_back({.name = "tool_" + std::to_string(i), .target_rate = 0.2});
        }
        auto checked = friction::validate(raw);
        CHECK(checked.has_value());
        return *std::move(checked);
    }

    friction::ToolId tool_of(std::uint64_t number) const { return tools[number % 1024]; }
    Moment later() { return Moment(now += 1e-6); }

    friction::Admission call(std::uint64_t client) {
        const crypto::Digest key = digest_of(client);
        return registry.admit(crypto::as_text(key), tool_of(client + calls++), later());
    }

    friction::FrictionConfig config;
    friction::Registry registry;
    // The tools over and over, so that choosing one costs no division.
    std::vector<friction::ToolId> tools = std::vector(1024, friction::ToolId::listed(0));
    std::uint64_t calls = 0;
    double now = 0;
    std::size_t bytes_a_client = 0;
    std::int64_t slowest_ns = 0;
};

/// The one of the last arguments is kept: a repetition does not fill it again.
Fleet& fleet_of(const benchmark::State& state) {
    static std::unique_ptr<Fleet> fleet;
    static std::pair<std::int64_t, std::int64_t> made_for;
    const std::pair wanted(state.range(0), state.range(1));
    if (!fleet || made_for != wanted) {
        fleet.reset();
        fleet = std::make_unique<Fleet>(wanted.first, wanted.second);
        made_for = wanted;
    }
    return *fleet;
}

void report_size(benchmark::State& state, const Fleet& fleet) {
    if (state.range(1) < 1000) return;
    state.counters["bytes_a_client"] = static_cast<double>(fleet.bytes_a_client);
    state.counters["slowest_new_client_us"] = static_cast<double>(fleet.slowest_ns) / 1000;
}

void friction_controller(benchmark::State& state) {
    const auto config = Fleet::config_of(state.range(0), 1);
    friction::Controller controller(config);
    double now = 0;
    std::uint16_t place = 0;
    for (auto _ : state) {
        now += 1e-6;
        benchmark::DoNotOptimize(controller.admit(friction::ToolId::listed(place), Moment(now)));
        if (++place == state.range(0)) place = 0;
    }
}
BENCHMARK(friction_controller)->ArgName("tools")->Arg(1)->Arg(11)->Arg(50)->Arg(500);

void friction_check_and_record(benchmark::State& state) {
    Fleet& fleet = fleet_of(state);
    RandomWalk walk(static_cast<std::uint64_t>(state.range(1)));
    for (auto _ : state) benchmark::DoNotOptimize(fleet.call(walk.next()));
    report_size(state, fleet);
}
BENCHMARK(friction_check_and_record)
    ->ArgNames({"tools", "clients"})
    ->ArgsProduct({{1, 11, 50, 500}, {1, 10'000}})
    ->Args({1, 1'000'000})
    ->Args({11, 1'000'000})
    ->Args({50, 1'000'000});

void friction_check_and_record_batched(benchmark::State& state) {
    Fleet& fleet = fleet_of(state);
    RandomWalk walk(static_cast<std::uint64_t>(state.range(1)));
    std::vector<crypto::Digest> keys(batch);
    std::vector<friction::Registry::Call> calls;
    for (std::size_t i = 0; i < batch; ++i) {
        calls.push_back({crypto::as_text(keys[i]), fleet.tool_of(i)});
    }
    std::vector<friction::Admission> admissions(batch);
    while (state.KeepRunningBatch(batch)) {
        for (crypto::Digest& key : keys) key = digest_of(walk.next());
        fleet.registry.admit(calls, fleet.later(), admissions);
        benchmark::DoNotOptimize(admissions.data());
    }
    report_size(state, fleet);
}
BENCHMARK(friction_check_and_record_batched)
    ->ArgNames({"tools", "clients"})
    ->Args({11, 10'000})
    ->Args({11, 1'000'000});

/// What a gateway does between two steps: some hundred nanoseconds that leave the tables alone.
std::uint64_t other_work(std::uint64_t seed) {
    for (int i = 0; i < 100; ++i) seed = mix(seed);
    return seed;
}

/// One call behind the other, each told ahead in two steps with other work behind each; the other
/// work alone is the same loop with `ahead` 2, and `ahead` 0 tells nothing.
void friction_check_and_record_ahead(benchmark::State& state) {
    Fleet& fleet = fleet_of(state);
    RandomWalk walk(static_cast<std::uint64_t>(state.range(1)));
    const auto ahead = state.range(2);
    std::uint64_t work = 1;
    for (auto _ : state) {
        const std::uint64_t client = walk.next();
        const crypto::Digest key = digest_of(client);
        if (ahead == 1) fleet.registry.prefetch_index(crypto::as_text(key));
        benchmark::DoNotOptimize(work = other_work(work));
        if (ahead == 1) fleet.registry.prefetch_client(crypto::as_text(key));
        benchmark::DoNotOptimize(work = other_work(work));
        if (ahead != 2) benchmark::DoNotOptimize(fleet.call(client));
    }
}
BENCHMARK(friction_check_and_record_ahead)
    ->ArgNames({"tools", "clients", "ahead"})
    ->Args({11, 1'000'000, 0})
    ->Args({11, 1'000'000, 1})
    ->Args({11, 1'000'000, 2});

/// Every call is an unknown client's and puts another one out.
void friction_flood_of_new_clients(benchmark::State& state) {
    Fleet& fleet = fleet_of(state);
    std::uint64_t client = static_cast<std::uint64_t>(state.range(1));
    for (auto _ : state) benchmark::DoNotOptimize(fleet.call(++client));
}
BENCHMARK(friction_flood_of_new_clients)->ArgNames({"tools", "clients"})->Args({11, 100'000});

void friction_key_hash(benchmark::State& state) {
    const friction::KeyHasher hasher(hash_key);
    const std::string key(static_cast<std::size_t>(state.range(0)), 'k');
    for (auto _ : state) {
        std::string_view text = key;
        benchmark::DoNotOptimize(text);
        benchmark::DoNotOptimize(hasher(text));
    }
}
BENCHMARK(friction_key_hash)->ArgName("bytes")->Arg(32)->Arg(60);

}  // namespace
}  // namespace sluice::bench
