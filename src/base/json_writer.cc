#include "base/json_writer.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace sluice {
namespace {

constexpr char hex[] = "0123456789abcdef";

/// Length of the well-formed UTF-8 sequence at the start of `text`, or 0 (Unicode 15, table 3-7).
std::size_t utf8_sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto continues = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xbf) {
        return byte(i) >= low && byte(i) <= high;
    };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const std::uint8_t low = lead == 0xe0 ? 0xa0 : 0x80;
        const std::uint8_t high = lead == 0xed ? 0x9f : 0xbf;
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const std::uint8_t low = lead == 0xf0 ? 0x90 : 0x80;
        const std::uint8_t high = lead == 0xf4 ? 0x8f : 0xbf;
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += "\\u00";
            out += hex[static_cast<std::uint8_t>(c) >> 4];
            out += hex[static_cast<std::uint8_t>(c) & 15];
    }
}

bool needs_care(char c) {
    return static_cast<std::uint8_t>(c) < 0x20 || static_cast<std::uint8_t>(c) >= 0x7f ||
           c == '"' || c == '\\';
}

/// needs_care() of any of eight bytes at once. A byte that is one too high after a borrow is only
/// looked at again.
bool any_needs_care(std::uint64_t bytes) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x80 * ones;
    const auto holds = [bytes](std::uint64_t c) {
        const std::uint64_t difference = bytes ^ (c * ones);
        return (difference - ones) & ~difference;
    };
    const std::uint64_t below_blank = (bytes - 0x20 * ones) & ~bytes;
    return ((bytes | below_blank | holds('"') | holds('\\') | holds(0x7f)) & tops) != 0;
}

/// How many characters of the start can stand as they are.
std::size_t plain_prefix(std::string_view text) {
    std::size_t plain = 0;
    std::uint64_t bytes = 0;
    for (; plain + sizeof bytes <= text.size(); plain += sizeof bytes) {
        std::memcpy(&bytes, text.data() + plain, sizeof bytes);
        if (any_needs_care(bytes)) break;
    }
    while (plain < text.size() && !needs_care(text[plain])) ++plain;
    return plain;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t plain = plain_prefix(text);
        out.append(text.data(), plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const std::size_t length = utf8_sequence_length(text);
        if (length > 1) {
            out.append(text.data(), length);
        } else if (length == 1) {
            append_escaped(out, text.front());
        } else {
            out += "\xef\xbf\xbd";
        }
        CHECK(length <= text.size());
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    if (std::abs(number) < 1e18) return number_text(number);
    // Shortest may mean twenty digits and more, which readers take for an integer that does not
    // fit.
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, number, std::chars_format::scientific).ptr;
    return raw(std::string_view(digits, end));
}

}  // namespace sluice
