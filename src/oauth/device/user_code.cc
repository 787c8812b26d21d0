// Making and reading codes.
#include "oauth/device/user_code.h"

#include <clocale>
#include <cmath>
#include <cwctype>
#include <optional>
#include <vector>

#include "base/check.h"

namespace sluice::oauth {
namespace {

constexpr double bits_min = 20;

/// What the C library knows of Unicode; where it has no such locale, letters beyond ASCII are kept
/// as they are, and match no code either way.
locale_t unicode() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

bool is_letter_or_digit(char32_t c) {
    if (c < 0x80) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
    const auto wide = static_cast<std::wint_t>(c);
    return unicode() == nullptr || iswalnum_l(wide, unicode()) != 0;
}

char32_t to_upper(char32_t c) {
    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    if (unicode() == nullptr) return c;
    return static_cast<char32_t>(towupper_l(static_cast<std::wint_t>(c), unicode()));
}

/// Takes one character off the front of `text`; nothing where the front is no UTF-8, of which one
/// byte goes then.
std::optional<char32_t> take_character(std::string_view& text) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const bool starts = first < 0x80 || (first >= 0xc2 && first <= 0xf4);
    if (!starts || text.size() < size) {
        text.remove_prefix(1);
        return std::nullopt;
    }
    char32_t c = size == 1 ? first : first & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            text.remove_prefix(1);
            return std::nullopt;
        }
        c = c << 6 | (byte(i) & 0x3fU);
    }
    text.remove_prefix(size);
    return c;
}

void append_utf8(std::string& out, char32_t c) {
    const auto tail = [&out](char32_t bits) { out += static_cast<char>(0x80 | (bits & 0x3f)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | c >> 6);
        tail(c);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | c >> 12);
        tail(c >> 6);
        tail(c);
    } else {
        out += static_cast<char>(0xf0 | c >> 18);
        tail(c >> 12);
        tail(c >> 6);
        tail(c);
    }
}

std::size_t letters_of(const UserCodeShape& shape) {
    return shape.groups * shape.group_size;
}

}  // namespace

bool is_strong_enough(const UserCodeShape& shape) {
    const double bits_a_letter = std::log2(static_cast<double>(user_code_alphabet.size()));
    return bits_a_letter * static_cast<double>(letters_of(shape)) >= bits_min;
}

std::string make_user_code(Random& random, const UserCodeShape& shape) {
    CHECK(is_strong_enough(shape), "codes that can be guessed");
    std::string code;
    for (std::size_t i = 0; i < letters_of(shape); ++i) {
        if (i > 0 && i % shape.group_size == 0) code += shape.separator;
        code += user_code_alphabet[random.next_u64() % user_code_alphabet.size()];
    }
    return code;
}

bool is_user_code(std::string_view text, const UserCodeShape& shape) {
    std::size_t letters = 0;
    for (; !text.empty(); ++letters) {
        if (letters > 0 && letters % shape.group_size == 0) {
            if (!text.starts_with(shape.separator)) return false;
            text.remove_prefix(shape.separator.size());
        }
        if (text.empty() || !user_code_alphabet.contains(text.front())) return false;
        text.remove_prefix(1);
    }
    return letters == letters_of(shape);
}

std::string normalize_user_code(std::string_view typed, const UserCodeShape& shape) {
    std::vector<char32_t> characters;
    while (!typed.empty()) {
        const auto c = take_character(typed);
        if (c && is_letter_or_digit(*c)) characters.push_back(to_upper(*c));
    }
    const bool in_groups = characters.size() == letters_of(shape);
    std::string code;
    for (std::size_t i = 0; i < characters.size(); ++i) {
        if (in_groups && i > 0 && i % shape.group_size == 0) code += shape.separator;
        append_utf8(code, characters[i]);
    }
    return code;
}

}  // namespace sluice::oauth
