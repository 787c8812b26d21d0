// JSON index: checks a text against the grammar of RFC 8259 and notes where its values stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice {

/// A value, a key, or the closing bracket of an array or object, in the text's order.
struct JsonToken {
    std::uint32_t start;  // its first byte
    std::uint32_t close;  // of an opening bracket: the place of its closing one among the tokens
};

enum class JsonFault : std::uint8_t { none, malformed, too_deep };

inline constexpr std::size_t json_depth_max = 512;  // arrays and objects within each other

/// How many tokens a text may need, with the one before and the one behind all.
constexpr std::size_t json_tokens_max(std::size_t text_size) {
    return text_size + 3;
}

/// Fills `tokens` (json_tokens_max() of them) from place 1 on; `count` becomes the number of those,
/// and the token behind the last one starts at the text's end. Numbers and texts are not decoded;
/// bytes beyond ASCII are not looked at. About the same time for every byte of any text.
/// text  Below 4 GiB; a byte order mark counts as a fault.
JsonFault index_json(std::string_view text, std::span<JsonToken> tokens, std::size_t& count);
/// The same, without tokens.
JsonFault check_json(std::string_view text);

}  // namespace sluice
