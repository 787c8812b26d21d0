// Digests, encodings and seals: what the RFCs' signatures and proofs are made of.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "base/check.h"
#include "base/random.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "crypto/password_hash.h"
#include "crypto/seal.h"
#include "oauth/pkce.h"

namespace sluice::bench {
namespace {

void sha256(benchmark::State& state) {
    const std::string text(static_cast<std::size_t>(state.range(0)), 'a');
    for (auto _ : state) benchmark::DoNotOptimize(crypto::sha256(text));
}
BENCHMARK(sha256)->ArgName("bytes")->Arg(32)->Arg(64)->Arg(1024);

void hmac_sha256(benchmark::State& state) {
    const std::string key(32, 'k');
    const std::string text(64, 'a');
    for (auto _ : state) benchmark::DoNotOptimize(crypto::hmac_sha256(key, text));
}
BENCHMARK(hmac_sha256);

void base64url_encode_32_bytes(benchmark::State& state) {
    const crypto::Digest digest = crypto::sha256("a");
    std::array<char, crypto::base64url_size(32)> out;
    for (auto _ : state) {
        crypto::write_base64url(digest, out.data());
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(base64url_encode_32_bytes);

void base64url_decode_32_bytes(benchmark::State& state) {
    const std::string text = crypto::base64url(crypto::sha256("a"));
    for (auto _ : state) benchmark::DoNotOptimize(crypto::decode_base64url(text));
}
BENCHMARK(base64url_decode_32_bytes);

void constant_time_equal_digests(benchmark::State& state) {
    const crypto::Digest a = crypto::sha256("a");
    crypto::Digest b = a;
    for (auto _ : state) {
        benchmark::DoNotOptimize(b);
        benchmark::DoNotOptimize(crypto::constant_time_equal(a, b));
    }
}
BENCHMARK(constant_time_equal_digests);

void pbkdf2_1000_iterations(benchmark::State& state) {
    std::array<std::byte, 32> out;
    for (auto _ : state) {
        crypto::pbkdf2_hmac_sha256("correct horse battery staple", "0123456789abcdef", 1000, out);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(pbkdf2_1000_iterations);

void seal_200_bytes(benchmark::State& state) {
    SeededRandom random(1);
    const auto key = crypto::SealKey::generate(random);
    const std::string text(200, 't');
    for (auto _ : state) benchmark::DoNotOptimize(crypto::seal(key, text, "session", random));
}
BENCHMARK(seal_200_bytes);

void open_sealed_200_bytes(benchmark::State& state) {
    SeededRandom random(1);
    const auto key = crypto::SealKey::generate(random);
    const std::string sealed = crypto::seal(key, std::string(200, 't'), "session", random);
    for (auto _ : state) {
        const auto opened = crypto::open_sealed(key, sealed, "session");
        CHECK(opened.has_value());
    }
}
BENCHMARK(open_sealed_200_bytes);

void pkce_check(benchmark::State& state) {
    constexpr std::string_view text = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const auto challenge =
        oauth::CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    CHECK(challenge.has_value());
    for (auto _ : state) {
        const auto verifier = oauth::CodeVerifier::parse(text);
        CHECK(verifier && challenge->matches(*verifier));
    }
}
BENCHMARK(pkce_check);

}  // namespace
}  // namespace sluice::bench
