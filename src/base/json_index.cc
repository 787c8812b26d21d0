#include "base/json_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/json_grammar.h"

namespace sluice {
namespace {

namespace grammar = json_grammar;

constexpr std::size_t block = 32;  // bytes between two looks at what has been met
constexpr std::size_t levels_max = json_depth_max + 1;  // with the root's

/// Of a level: the state that follows its closing bracket, and above it the place of its opening
/// one among the tokens. Apart from the rest, which is kept in registers.
using Levels = std::array<std::uint64_t, levels_max + 2>;

/// How many of the eight bytes from `bytes` on stand in a text as themselves: all but quotes,
/// backslashes and control characters.
std::size_t count_plain(const char* bytes) {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t ones = ~std::uint64_t{0} / 255;
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes, sizeof eight);
    const std::uint64_t quotes = eight ^ (ones * '"');
    const std::uint64_t backslashes = eight ^ (ones * '\\');
    const std::uint64_t found = ((quotes - ones) & ~quotes) |
                                ((backslashes - ones) & ~backslashes) |
                                ((eight - ones * 0x20) & ~eight);
    return static_cast<std::size_t>(std::countr_zero(found & (ones * 0x80))) / 8;
}

/// Every byte takes the same few steps without a branch, whatever it is: a text that is made to be
/// guessed wrong costs no more than others. What is longer than a few bytes between quotes is
/// skipped, for as long as that pays.
template <bool keeps_tokens>
class Indexer {
public:
    Indexer(std::string_view text, JsonToken* tokens, Levels& levels)
        : text_(text), tokens_(tokens), levels_(levels.data()) {
        if constexpr (keeps_tokens) tokens_[0] = {};
        levels_[0] = 0;
    }

    JsonFault run() {
        std::size_t at = 0;
        std::int64_t gain = gain_max;
        while (at < text_.size()) {
            if (is_inside_text()) {
                at = skip_plain(at);
                if (at == text_.size()) break;
            }
            const std::size_t end = std::min(at + block, text_.size());
            if (depth_ + block > levels_max) {
                at = take_deep(at, end);
            } else if (gain > 0) {
                at = take_texts(at, end, gain);
            } else {
                for (; at < end; ++at) take(at, symbol_at(at));
                ++gain;
            }
            if (state_ == grammar::fault) return JsonFault::malformed;
            if (depth_ > levels_max) return JsonFault::too_deep;
        }
        take(text_.size(), grammar::space);  // ends a number
        const bool whole = state_ == grammar::after_root && depth_ == 1;
        return whole ? JsonFault::none : JsonFault::malformed;
    }
    std::size_t count() const { return count_; }

private:
    static constexpr std::int64_t gain_max = 256;
    static constexpr std::int64_t skip_cost = 10;  // in bytes

    std::uint8_t symbol_at(std::size_t at) const {
        return grammar::symbol_of[static_cast<unsigned char>(text_[at])];
    }
    bool is_inside_text() const {
        using enum grammar::Place;
        return state_ == grammar::text_state(grammar::as_key, 0) ||
               state_ == grammar::text_state(grammar::in_object, 0) ||
               state_ == grammar::text_state(grammar::in_array, 0) ||
               state_ == grammar::text_state(grammar::at_root, 0);
    }
    std::size_t skip_plain(std::size_t at) const {
        while (at + sizeof(std::uint64_t) <= text_.size()) {
            const std::size_t plain = count_plain(text_.data() + at);
            at += plain;
            if (plain < sizeof(std::uint64_t)) break;
        }
        return at;
    }

    /// Levels above the depth are written and not read.
    [[gnu::always_inline]] void take(std::size_t at, std::size_t symbol) {
        const grammar::Column& column = grammar::table[symbol];
        const std::uint64_t effect = column.effect[state_];
        const std::uint64_t next = column.next[state_];
        const std::int64_t deeper = column.deeper[state_];
        if constexpr (keeps_tokens) {
            tokens_[count_ + 1].start = static_cast<std::uint32_t>(at);
            count_ += effect & grammar::begins_token;
            tokens_[level_ >> 32].close = static_cast<std::uint32_t>(count_);
        }
        const std::uint64_t made = std::uint64_t{count_} << 32 | effect >> grammar::effect_bits;
        levels_[depth_] = level_;
        const std::uint64_t below = levels_[depth_ - 1];
        depth_ += static_cast<std::size_t>(deeper);
        const bool closes = (effect & grammar::closes) != 0;
        const bool opens = (effect & grammar::opens) != 0;
        state_ = __builtin_unpredictable(closes) ? level_ & 0xff : next;
        level_ = __builtin_unpredictable(opens) ? made : level_;
        level_ = __builtin_unpredictable(closes) ? below : level_;
    }

    std::size_t take_texts(std::size_t at, std::size_t end, std::int64_t& gain) {
        for (; at < end; ++at) {
            const std::uint8_t symbol = symbol_at(at);
            take(at, symbol);
            if (symbol != grammar::quote || !is_inside_text()) continue;
            const std::size_t next = skip_plain(at + 1);
            gain = std::min(gain + static_cast<std::int64_t>(next - at) - skip_cost, gain_max);
            at = next - 1;
        }
        return at;
    }
    /// Near the depth that is allowed, no byte may pass it unseen.
    std::size_t take_deep(std::size_t at, std::size_t end) {
        for (; at < end && depth_ <= levels_max; ++at) take(at, symbol_at(at));
        return at;
    }

    std::string_view text_;
    JsonToken* tokens_;
    std::size_t count_ = 0;
    std::uint64_t state_ = grammar::root_value;
    std::uint64_t level_ = 0;
    std::size_t depth_ = 1;
    std::uint64_t* levels_;
};

constexpr std::size_t text_bytes_max = 0xffff'fff0;

}  // namespace

JsonFault index_json(std::string_view text, std::span<JsonToken> tokens, std::size_t& count) {
    CHECK(tokens.size() >= json_tokens_max(text.size()), "no room for the tokens");
    if (text.size() > text_bytes_max) return JsonFault::malformed;
    Levels levels;  // written before they are read
    Indexer<true> indexer(text, tokens.data(), levels);
    const JsonFault fault = indexer.run();
    count = indexer.count();
    return fault;
}

JsonFault check_json(std::string_view text) {
    Levels levels;
    return Indexer<false>(text, nullptr, levels).run();
}

}  // namespace sluice
