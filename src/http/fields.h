// Header field syntax (RFC 9110 §5.1, §5.5, §5.6): names, values, lists.
#pragma once

#include <array>
#include <string_view>

namespace sluice::http {

namespace detail {
inline constexpr auto token_chars = [] {
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c) table[c] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[c] = true;
    return table;
}();
}  // namespace detail

/// Characters of a token: RFC 9110 §5.6.2.
constexpr bool is_token_char(char c) {
    return detail::token_chars[static_cast<unsigned char>(c)];
}

constexpr bool is_token(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (!is_token_char(c)) return false;
    }
    return true;
}

/// `name`, a token, is `lower` ignoring case; `lower` is of lower-case letters and '-' only.
constexpr bool name_is(std::string_view name, std::string_view lower) {
    if (name.size() != lower.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        difference |= static_cast<unsigned char>((name[i] | 0x20) ^ lower[i]);
    }
    return difference == 0;
}

/// A field that says where a message ends: a connection writes it itself, nobody else.
constexpr bool is_framing_field(std::string_view name) {
    return name_is(name, "content-length") || name_is(name, "transfer-encoding") ||
           name_is(name, "connection");
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
