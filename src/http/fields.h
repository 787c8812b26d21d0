// Rules for field names and values (RFC 9110 §5.1, §5.5, §5.6).
#pragma once

#include <array>
#include <string_view>

namespace sluice::http {

/// Characters of a token: RFC 9110 §5.6.2.
constexpr bool is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

namespace detail {
inline constexpr auto token_chars = [] {
    std::array<bool, 256> table{};
    for (int i = 0; i < 256; ++i) table[i] = is_token_char(static_cast<char>(i));
    return table;
}();
}  // namespace detail

constexpr bool is_token(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (!detail::token_chars[static_cast<unsigned char>(c)]) return false;
    }
    return true;
}

/// Fit to stand in a field value: no control character but tab, no DEL, and no blank at either end.
constexpr bool is_field_value(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    }
    return text.empty() || (text.front() != ' ' && text.front() != '\t' && text.back() != ' ' &&
                            text.back() != '\t');
}

}  // namespace sluice::http
