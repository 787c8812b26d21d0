// JSON grammar (RFC 8259) as a table of states: the next one depends on the last and on a byte's
// symbol alone, so that no text can be written that takes longer to read than another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::json_grammar {

/// What the grammar takes a byte for.
enum Symbol : std::uint8_t {
    other,
    space,
    line_end,
    begin_object,
    end_object,
    begin_array,
    end_array,
    colon,
    comma,
    quote,
    backslash,
    slash,
    zero,
    digit,
    minus,
    plus,
    dot,
    lower_e,
    upper_e,
    letter_a,
    letter_b,
    letter_f,
    letter_l,
    letter_n,
    letter_r,
    letter_s,
    letter_t,
    letter_u,
    hex_letter,
    control
};
inline constexpr std::size_t symbols = control + 1;

inline constexpr auto symbol_of = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = control;
    for (const char c : {'\t', '\n', '\r'}) table[static_cast<std::size_t>(c)] = line_end;
    constexpr char plain[] = " {}[]:,\"\\/0-+.eEabflnrstu";
    constexpr Symbol meant[] = {space,    begin_object, end_object, begin_array, end_array,
                                colon,    comma,        quote,      backslash,   slash,
                                zero,     minus,        plus,       dot,         lower_e,
                                upper_e,  letter_a,     letter_b,   letter_f,    letter_l,
                                letter_n, letter_r,     letter_s,   letter_t,    letter_u};
    static_assert(sizeof plain - 1 == std::size(meant));
    for (std::size_t i = 0; i < std::size(meant); ++i) {
        table[static_cast<std::size_t>(plain[i])] = meant[i];
    }
    for (char c = '1'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = digit;
    for (const char c : {'c', 'd', 'A', 'B', 'C', 'D', 'F'}) {
        table[static_cast<std::size_t>(c)] = hex_letter;
    }
    return table;
}();

/// Where a value stands: it says what may follow. A key is a text that a colon follows.
enum Place : std::uint8_t { at_root, in_array, in_object, as_key };

enum State : std::uint8_t {
    fault,       // no text goes on from here
    root_value,  // a value must follow
    array_value,
    member_value,
    first_element,  // a value, or the end of the array
    first_key,      // a key, or the end of the object
    key,
    after_key,   // a colon
    after_root,  // nothing more
    after_element,
    after_member,
    first_text,  // and then those of texts, numbers and names, for each place
};
/// Of a text: 0 inside, 1 behind a backslash, 2 to 5 before the digits of \u.
constexpr std::uint8_t text_state(Place place, int step) {
    return static_cast<std::uint8_t>(first_text + place * 6 + step);
}
enum NumberStep : std::uint8_t {
    after_minus,
    after_zero,
    in_integer,
    after_dot,
    in_fraction,
    after_e,
    after_sign,
    in_exponent
};
constexpr std::uint8_t number_state(Place place, int step) {
    return static_cast<std::uint8_t>(text_state(as_key, 6) + place * 8 + step);
}
/// Of a name: 0 to 2 within true, 3 to 6 within false, 7 to 9 within null.
constexpr std::uint8_t name_state(Place place, int step) {
    return static_cast<std::uint8_t>(number_state(as_key, 0) + place * 10 + step);
}
static_assert(name_state(as_key, 0) <= 128);

// What a byte does besides. The state that follows an opening bracket's closing one stands above.
inline constexpr std::uint16_t begins_token = 1;
inline constexpr std::uint16_t opens = 2;
inline constexpr std::uint16_t closes = 4;
inline constexpr int effect_bits = 3;

/// What one symbol does in each state.
struct Column {
    std::array<std::uint8_t, 128> next{};  // state; of a closing bracket what its opening one says
    std::array<std::uint16_t, 128> effect{};
    std::array<std::int8_t, 128> deeper{};  // levels
};

/// By symbols.
extern const std::array<Column, symbols> table;

}  // namespace sluice::json_grammar
