#include "base/json_text.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include "base/check.h"

namespace sluice {
namespace {

constexpr std::uint32_t replacement = 0xfffd;

constexpr bool is_high_half(std::uint32_t unit) {
    return unit >= 0xd800 && unit < 0xdc00;
}
constexpr bool is_low_half(std::uint32_t unit) {
    return unit >= 0xdc00 && unit < 0xe000;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) return add(code_point);
    if (code_point < 0x800) {
        add(0xc0 | code_point >> 6);
        return add(0x80 | (code_point & 0x3f));
    }
    if (code_point < 0x10000) {
        add(0xe0 | code_point >> 12);
    } else {
        add(0xf0 | code_point >> 18);
        add(0x80 | (code_point >> 12 & 0x3f));
    }
    add(0x80 | (code_point >> 6 & 0x3f));
    add(0x80 | (code_point & 0x3f));
}

/// The unit of a \uXXXX at the front of `rest`, taken off it; nothing where there is none.
std::optional<std::uint32_t> take_unit(std::string_view& rest) {
    constexpr std::size_t size = 6;
    if (!rest.starts_with("\\u")) return std::nullopt;
    CHECK(rest.size() >= size, "the grammar knows of four digits");
    std::uint32_t unit = 0;
    std::from_chars(rest.data() + 2, rest.data() + size, unit, 16);
    rest.remove_prefix(size);
    return unit;
}

/// False where the unit is half of a pair.
bool append_units(std::string& out, std::uint32_t unit, std::string_view& rest) {
    if (is_high_half(unit)) {
        std::string_view ahead = rest;
        const auto low = take_unit(ahead);
        if (low && is_low_half(*low)) {
            rest = ahead;
            append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (*low - 0xdc00));
            return true;
        }
    }
    const bool is_half = is_high_half(unit) || is_low_half(unit);
    append_utf8(out, is_half ? replacement : unit);
    return !is_half;
}

char meaning_of(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return letter;  // a quote, a backslash, a slash
    }
}

}  // namespace

bool append_unescaped(std::string& out, std::string_view escaped) {
    bool whole = true;
    while (!escaped.empty()) {
        const std::size_t plain = std::min(escaped.find('\\'), escaped.size());
        out += escaped.substr(0, plain);
        escaped.remove_prefix(plain);
        if (escaped.empty()) break;
        if (const auto unit = take_unit(escaped)) {
            whole = append_units(out, *unit, escaped) && whole;
            continue;
        }
        CHECK(escaped.size() >= 2, "the grammar knows of no lone backslash");
        out += meaning_of(escaped[1]);
        escaped.remove_prefix(2);
    }
    return whole;
}

}  // namespace sluice
