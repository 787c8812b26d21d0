#include "base/json_grammar.h"

#include <initializer_list>

namespace sluice::json_grammar {
namespace {

constexpr std::array<State, 4> after = {after_root, after_element, after_member, after_key};

class Builder {
public:
    constexpr Builder() {
        add_structure();
        for (const Place place : {at_root, in_array, in_object, as_key}) add_text(place);
        for (const Place place : {at_root, in_array, in_object}) {
            add_number(place);
            add_name(place, 0, {letter_r, letter_u, lower_e});
            add_name(place, 3, {letter_a, letter_l, letter_s, lower_e});
            add_name(place, 7, {letter_u, letter_l, letter_l});
        }
    }
    constexpr const std::array<Column, symbols>& built() const { return columns_; }

private:
    constexpr void on(std::size_t state, std::initializer_list<Symbol> bytes, std::size_t next,
                      std::uint16_t effect = 0, State closed = fault) {
        for (const Symbol byte : bytes) {
            Column& column = columns_[byte];
            column.next[state] = static_cast<std::uint8_t>(next);
            column.effect[state] = static_cast<std::uint16_t>(effect | closed << effect_bits);
            column.deeper[state] =
                static_cast<std::int8_t>((effect & opens ? 1 : 0) - (effect & closes ? 1 : 0));
        }
    }
    constexpr void add_structure() {
        add_value(root_value, at_root);
        add_value(array_value, in_array);
        add_value(first_element, in_array);
        add_value(member_value, in_object);
        on(first_element, {end_array}, fault, begins_token | closes);
        for (const State state : {first_key, key}) {
            on(state, {space, line_end}, state);
            on(state, {quote}, text_state(as_key, 0), begins_token);
        }
        on(first_key, {end_object}, fault, begins_token | closes);
        on(after_key, {space, line_end}, after_key);
        on(after_key, {colon}, member_value);
        for (const Place place : {at_root, in_array, in_object}) add_after(after[place], place);
    }
    constexpr void add_value(State state, Place place) {
        on(state, {space, line_end}, state);
        on(state, {begin_object}, first_key, begins_token | opens, after[place]);
        on(state, {begin_array}, first_element, begins_token | opens, after[place]);
        on(state, {quote}, text_state(place, 0), begins_token);
        on(state, {minus}, number_state(place, after_minus), begins_token);
        on(state, {zero}, number_state(place, after_zero), begins_token);
        on(state, {digit}, number_state(place, in_integer), begins_token);
        on(state, {letter_t}, name_state(place, 0), begins_token);
        on(state, {letter_f}, name_state(place, 3), begins_token);
        on(state, {letter_n}, name_state(place, 7), begins_token);
    }
    /// What may follow a value, from the state in which it is known to be whole.
    constexpr void add_after(std::size_t state, Place place) {
        on(state, {space, line_end}, after[place]);
        if (place == in_array) {
            on(state, {comma}, array_value);
            on(state, {end_array}, fault, begins_token | closes);
        } else if (place == in_object) {
            on(state, {comma}, key);
            on(state, {end_object}, fault, begins_token | closes);
        }
    }
    constexpr void add_text(Place place) {
        const std::size_t inside = text_state(place, 0);
        for (std::size_t byte = other; byte < control; ++byte) {
            if (byte != line_end) on(inside, {static_cast<Symbol>(byte)}, inside);
        }
        on(inside, {backslash}, text_state(place, 1));
        on(inside, {quote}, after[place]);
        on(text_state(place, 1),
           {quote, backslash, slash, letter_b, letter_f, letter_n, letter_r, letter_t}, inside);
        on(text_state(place, 1), {letter_u}, text_state(place, 2));
        for (const int step : {2, 3, 4, 5}) {
            on(text_state(place, step),
               {zero, digit, lower_e, upper_e, letter_a, letter_b, letter_f, hex_letter},
               step == 5 ? inside : text_state(place, step + 1));
        }
    }
    constexpr void add_number(Place place) {
        const auto at = [place](NumberStep step) { return number_state(place, step); };
        for (const NumberStep step : {after_zero, in_integer, in_fraction, in_exponent}) {
            add_after(at(step), place);
        }
        on(at(after_minus), {zero}, at(after_zero));
        on(at(after_minus), {digit}, at(in_integer));
        on(at(in_integer), {zero, digit}, at(in_integer));
        for (const NumberStep step : {after_zero, in_integer}) on(at(step), {dot}, at(after_dot));
        for (const NumberStep step : {after_dot, in_fraction}) {
            on(at(step), {zero, digit}, at(in_fraction));
        }
        for (const NumberStep step : {after_zero, in_integer, in_fraction}) {
            on(at(step), {lower_e, upper_e}, at(after_e));
        }
        on(at(after_e), {plus, minus}, at(after_sign));
        for (const NumberStep step : {after_e, after_sign, in_exponent}) {
            on(at(step), {zero, digit}, at(in_exponent));
        }
    }
    /// The letters behind a name's first.
    constexpr void add_name(Place place, int step, std::initializer_list<Symbol> letters) {
        std::size_t left = letters.size();
        for (const Symbol letter : letters) {
            --left;
            on(name_state(place, step), {letter},
               left == 0 ? std::size_t{after[place]} : name_state(place, step + 1));
            ++step;
        }
    }

    std::array<Column, symbols> columns_;
};

}  // namespace

constexpr std::array<Column, symbols> table = Builder().built();

}  // namespace sluice::json_grammar
