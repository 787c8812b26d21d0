// What a byte of JSON costs, whatever a body is made of: at most 4 ns, and a little more where
// nothing but keys stand there that are almost those which are decided on.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/random.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::bench {
namespace {

constexpr std::size_t body_bytes = 1 << 20;

std::string call_with(const std::string& arguments) {
    return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note",)"
           R"("arguments":)" +
           arguments + "}}";
}

std::string list_of(std::string_view item) {
    std::string text = "[";
    while (text.size() < body_bytes) text.append(item).append(",");
    text.back() = ']';
    return text;
}

/// In an order that no branch predictor learns.
std::string list_of_any(std::span<const std::string_view> items) {
    SeededRandom random(1);
    std::string text = "[";
    while (text.size() < body_bytes) {
        text.append(items[random.next_u64() % items.size()]).append(",");
    }
    text.back() = ']';
    return text;
}

std::string nested() {
    return list_of(std::string(500, '[') + std::string(500, ']'));
}

std::string tiny_tokens() {
    constexpr std::array<std::string_view, 12> items = {
        "1", "22", "\"\"", "\"a\"", "[]", "{}", "-1", "333", "[1]", "\"bc\"", "0.5", R"({"":1})"};
    return list_of_any(items);
}

std::string escapes() {
    constexpr std::array<std::string_view, 6> items = {R"("\n")", R"("\u00e9")",       R"("a\"b")",
                                                       R"("\\")", R"("\ud83d\ude00")", R"("abc")"};
    return list_of_any(items);
}

/// Members where some are decided on, with keys like theirs.
std::string members(std::string_view key) {
    std::string text = R"({"jsonrpc":"2.0","id":1,"method":"ping")";
    while (text.size() < body_bytes) text.append(",\"").append(key).append("\":1");
    return text + "}";
}

void read(benchmark::State& state, const std::string& body) {
    for (auto _ : state) {
        const auto read = resource::PostedBody::parse(body);
        CHECK(read.has_value(), "a body of the benchmark is read");
        benchmark::DoNotOptimize(read->messages().data());
    }
    const auto bytes = static_cast<double>(body.size());
    state.counters["ns_a_byte"] =
        benchmark::Counter(bytes * static_cast<double>(state.iterations()) / 1e9,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void json_floats(benchmark::State& state) {
    read(state, call_with(list_of("1.7976931348623157081e308")));
}
void json_digits(benchmark::State& state) {
    read(state, call_with(list_of("1")));
}
void json_tiny_tokens(benchmark::State& state) {
    read(state, call_with(tiny_tokens()));
}
void json_nested(benchmark::State& state) {
    read(state, call_with(nested()));
}
void json_escapes(benchmark::State& state) {
    read(state, call_with(escapes()));
}
void json_text(benchmark::State& state) {
    read(state, call_with("\"" + std::string(body_bytes, 'x') + "\""));
}
void json_blanks(benchmark::State& state) {
    read(state, call_with("[" + std::string(body_bytes, ' ') + "]"));
}
void json_unknown_members(benchmark::State& state) {
    read(state, members("x"));
}
void json_members_like_id(benchmark::State& state) {
    read(state, members("ix"));
}

BENCHMARK(json_floats);
BENCHMARK(json_digits);
BENCHMARK(json_tiny_tokens);
BENCHMARK(json_nested);
BENCHMARK(json_escapes);
BENCHMARK(json_text);
BENCHMARK(json_blanks);
BENCHMARK(json_unknown_members);
BENCHMARK(json_members_like_id);

}  // namespace
}  // namespace sluice::bench
