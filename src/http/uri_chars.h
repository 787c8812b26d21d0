// URI character classes and percent-encoding (RFC 3986 §2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ascii.h"

namespace sluice::http {

/// RFC 3986 §2.3.
constexpr bool is_unreserved(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// RFC 3986 §2.2.
constexpr bool is_sub_delim(char c) {
    return std::string_view("!$&'()*+,;=").find(c) != std::string_view::npos;
}

/// RFC 3986 §3.3, percent-encoding aside.
constexpr bool is_pchar(char c) {
    return is_unreserved(c) || is_sub_delim(c) || c == ':' || c == '@';
}

/// 0 to 15, or -1 for what is no hexadecimal digit.
constexpr int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The byte that "%XX" at `at` stands for; nothing where two digits do not follow.
constexpr std::optional<char> percent_decode(std::string_view text, std::size_t at) {
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[at + 1]);
    const int low = hex_digit(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    return static_cast<char>(high * 16 + low);
}

inline constexpr std::string_view upper_hex = "0123456789ABCDEF";

}  // namespace sluice::http
