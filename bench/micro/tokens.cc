// Finding one of many live tokens: hashing its text, then the grant store.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "bench/micro/keys.h"
#include "storage/grant_store.h"
#include "token/token_text.h"

namespace sluice::bench {
namespace {

constexpr MonotonicTime now{std::chrono::hours{1}};

/// A text of a token's size, different for every number.
class Text {
public:
    explicit Text(std::uint64_t number) {
        text_.fill('x');
        for (std::size_t i = 0; i < 16; ++i) {
            text_[12 + i] = static_cast<char>('a' + (number >> 4 * i & 15));
        }
    }
    std::string_view view() const { return {text_.data(), text_.size()}; }

private:
    std::array<char, token::TokenText::size> text_;
};

/// Tokens as client_credentials issues them: each with a grant of its own.
struct Tokens {
    explicit Tokens(std::int64_t count) {
        storage::ClaimsTable& claims = store.claims();
        const std::size_t before = resident_bytes();
        for (std::int64_t i = 0; i < count; ++i) {
            const crypto::Digest digest =
                crypto::sha256(Text(static_cast<std::uint64_t>(i)).view());
            const std::int64_t began = thread_cpu_ns();
            storage::Claims& said =
                claims.acquire("bench-client", "", "read write", "", "https://auth.example.com");
            store.add_access(digest,
                             store.create(token::GrantTag(static_cast<std::uint64_t>(i)), said),
                             claims.acquire(said), {1'790'000'000, std::chrono::hours{1}, now});
            slowest_ns = std::max(slowest_ns, thread_cpu_ns() - began);
        }
        bytes_a_token = (resident_bytes() - before) / static_cast<std::size_t>(count);
    }

    storage::GrantStore store{1};
    std::size_t bytes_a_token = 0;
    std::int64_t slowest_ns = 0;
};

Tokens& tokens_of(const benchmark::State& state) {
    static std::unique_ptr<Tokens> tokens;
    static std::int64_t made_for = 0;
    if (!tokens || made_for != state.range(0)) {
        tokens.reset();
        tokens = std::make_unique<Tokens>(state.range(0));
        made_for = state.range(0);
    }
    return *tokens;
}

void token_hash(benchmark::State& state) {
    const Text text(1);
    for (auto _ : state) {
        std::string_view view = text.view();
        benchmark::DoNotOptimize(view);
        benchmark::DoNotOptimize(crypto::sha256(view));
    }
}
BENCHMARK(token_hash);

/// The token's hash, then the lookup at once.
void token_hash_and_lookup(benchmark::State& state) {
    Tokens& tokens = tokens_of(state);
    RandomWalk walk(static_cast<std::uint64_t>(state.range(0)));
    for (auto _ : state) {
        const crypto::Digest digest = crypto::sha256(Text(walk.next()).view());
        const auto* record = tokens.store.find_access(digest, now);
        CHECK(record != nullptr);
        benchmark::DoNotOptimize(record->issued_at);
    }
    state.counters["bytes_a_token"] = static_cast<double>(tokens.bytes_a_token);
    state.counters["slowest_insertion_us"] = static_cast<double>(tokens.slowest_ns) / 1000;
}
BENCHMARK(token_hash_and_lookup)->ArgName("tokens")->Arg(10'000)->Arg(1'000'000)->Arg(10'000'000);

/// As the introspection endpoint does it: what the lookup reads is fetched while the caller's own
/// secret is hashed.
void token_hash_caller_hash_and_lookup(benchmark::State& state) {
    Tokens& tokens = tokens_of(state);
    RandomWalk walk(static_cast<std::uint64_t>(state.range(0)));
    constexpr std::string_view caller =
        "Basic YmVuY2gtY2xpZW50OmJlbmNoLXNlY3JldC0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
    for (auto _ : state) {
        const crypto::Digest digest = crypto::sha256(Text(walk.next()).view());
        tokens.store.prefetch_access(digest);
        benchmark::DoNotOptimize(crypto::sha256(caller));
        const auto* record = tokens.store.find_access(digest, now);
        CHECK(record != nullptr);
        benchmark::DoNotOptimize(record->issued_at);
    }
}
BENCHMARK(token_hash_caller_hash_and_lookup)
    ->ArgName("tokens")
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000);

}  // namespace
}  // namespace sluice::bench
