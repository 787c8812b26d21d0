// Name table: the one list of an enumeration's values and the names that they have on the wire.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace sluice {

template <class Enum, std::size_t n>
using NameTable = std::array<std::pair<std::string_view, Enum>, n>;

/// Nothing where no value has that name.
template <class Enum, std::size_t n>
constexpr std::optional<Enum> find_by_name(const NameTable<Enum, n>& table, std::string_view name) {
    for (const auto& [known, value] : table) {
        if (known == name) return value;
    }
    return std::nullopt;
}

/// Static text. The table has every value.
template <class Enum, std::size_t n>
constexpr std::string_view name_of(const NameTable<Enum, n>& table, Enum value) {
    for (const auto& [name, known] : table) {
        if (known == value) return name;
    }
    CHECK(false, "a value without a name");
}

}  // namespace sluice
