// Validators that every section shares. Each adds its problem, if any, and gives a usable value
// back.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/name_table.h"
#include "config/environment.h"
#include "config/problem.h"
#include "config/quantity.h"
#include "config/setting.h"
#include "token/scope.h"

namespace sluice::config {

inline std::string to_text(std::int64_t number) {
    return fmt::format("{}", number);
}

/// Both ends are allowed.
template <class T>
T check_range(const Setting<T>& setting, T least, T most, Problems& problems) {
    if (!(*setting >= least && *setting <= most)) {
        problems.add(setting.place, fmt::format("{} is not between {} and {}", to_text(*setting),
                                                to_text(least), to_text(most)));
    }
    return *setting;
}

/// check_range() for a count, as the unsigned type that the checked configuration has.
std::uint32_t check_count(const Setting<std::int64_t>& setting, std::int64_t least,
                          std::int64_t most, Problems& problems);

/// One of a closed set of words; nothing, and a problem, for any other.
template <class Enum, std::size_t n>
std::optional<Enum> choose(const Setting<std::string>& setting, const NameTable<Enum, n>& words,
                           Problems& problems) {
    std::string list;
    for (const auto& [word, value] : words) {
        if (*setting == word) return value;
        list += list.empty() ? "" : ", ";
        list += word;
    }
    problems.add(setting.place, fmt::format("\"{}\" is not one of {}", *setting, list));
    return std::nullopt;
}

/// A text that has to be there and not empty; `what` tells what to write: "the name that ...".
bool check_given(const Setting<std::string>& setting, std::string_view what, Problems& problems);

/// A text for people: no control characters, at most 1000 bytes.
std::string check_line(const Setting<std::string>& setting, Problems& problems);

/// The secret, from wherever it is. A problem where two ways are used at once or the source is
/// missing or empty; an empty secret, and no problem, where none is given.
Secret resolve_secret(const RawSecret& raw, const Environment& environment, Problems& problems);

/// Scopes of a text ("a b") or a list; each has to be among `known` (a null `known` asks nothing).
token::ScopeSet check_scopes(const Setting<std::string>& setting, const token::ScopeSet* known,
                             Problems& problems);
token::ScopeSet check_scopes(const StringList& list, const token::ScopeSet* known,
                             Problems& problems);

/// The places of names that may stand only once.
class UniqueNames {
public:
    /// `what` is the thing named: "client".
    UniqueNames(std::string_view what, Problems& problems) : what_(what), problems_(problems) {}
    void check(const Setting<std::string>& name);

private:
    std::string_view what_;
    Problems& problems_;
    std::vector<const Setting<std::string>*> seen_;
};

}  // namespace sluice::config
