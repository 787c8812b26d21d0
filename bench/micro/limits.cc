// A client's window of requests, as the token endpoint counts it.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/micro/keys.h"
#include "oauth/limits/rate_limiter.h"

namespace sluice::bench {
namespace {

void rate_limit_window(benchmark::State& state) {
    const auto client_count = static_cast<std::uint64_t>(state.range(0));
    oauth::RateLimiter limiter({.requests = 1'000'000, .window = Seconds{60}}, 1);
    std::vector<std::string> clients;
    MonotonicTime now{std::chrono::hours{1}};
    for (std::uint64_t i = 0; i < client_count; ++i) {
        clients.push_back("bench-client-" + std::to_string(i));
        limiter.admit(clients.back(), now);
    }
    RandomWalk walk(client_count);
    for (auto _ : state) {
        now += Duration{100};
        benchmark::DoNotOptimize(limiter.admit(clients[walk.next()], now));
    }
}
BENCHMARK(rate_limit_window)->ArgName("clients")->Arg(1)->Arg(40'000);

}  // namespace
}  // namespace sluice::bench
