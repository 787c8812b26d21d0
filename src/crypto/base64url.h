// Base64 (RFC 4648): base64url without padding for everything OAuth writes, standard base64 for
// HTTP Basic and password hashes. Decoding is strict: one text for each sequence of bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::crypto {

inline constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline constexpr std::uint8_t not_base64url = 0x80;

namespace detail {
constexpr std::array<std::uint8_t, 256> inverse(std::string_view alphabet) {
    std::array<std::uint8_t, 256> values{};
    values.fill(not_base64url);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
inline constexpr auto base64url_values = inverse(base64url_alphabet);
}  // namespace detail

/// The six bits `c` stands for, or `not_base64url`. No branch: values may be OR-ed and tested once.
constexpr std::uint8_t base64url_value(char c) {
    return detail::base64url_values[static_cast<std::uint8_t>(c)];
}

constexpr std::size_t base64url_size(std::size_t byte_count) {
    return (byte_count * 4 + 2) / 3;
}

/// Writes exactly base64url_size(bytes.size()) characters at `out`.
void write_base64url(std::span<const std::byte> bytes, char* out);
void append_base64url(std::string& out, std::span<const std::byte> bytes);
std::string base64url(std::span<const std::byte> bytes);
std::string base64url(std::string_view bytes);

/// Nothing where the text holds padding, white space or another foreign character, has an
/// impossible length, or sets bits behind the last byte.
std::optional<std::string> decode_base64url(std::string_view text);

/// Standard alphabet, no padding: the B64 of PHC password strings.
std::string base64_unpadded(std::string_view bytes);

/// Standard alphabet (RFC 4648 §4), as HTTP Basic (RFC 7617) carries it. Padding must be right
/// where it is present, but may be absent altogether: some clients leave it out. Otherwise as
/// decode_base64url.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace sluice::crypto
