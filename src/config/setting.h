// Setting: a configured value that remembers where it was written, so that problems can say so.
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace sluice::config {

/// Where a value stands. `line` counts from 1; 0 means that no file gave it (a default that belongs
/// to no table, or a value set by the program itself). `key` is the path:
/// `auth.client[2].auth_method`.
struct Place {
    int line = 0;
    std::string key;
};

template <class T>
struct Setting {
    T value{};
    Place place;
    bool given = false;  // written in the file, not the default

    Setting() = default;
    template <class U>
        requires std::convertible_to<U, T>
    Setting(U&& initial) : value(std::forward<U>(initial)) {}  // NOLINT: a default reads as a value

    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

using StringList = std::vector<Setting<std::string>>;

/// `name = "text"` of a table whose keys the operator chooses, in the file's order.
struct Entry {
    std::string name;
    Setting<std::string> text;
};

/// `name = "text"` or `name = ["text", "text"]` of such a table.
struct Attribute {
    std::string name;
    StringList values;
};

/// A table whose name the operator chooses: `[resource.friction.tools.delete_note]`.
template <class Table>
struct Named {
    std::string name;
    Table table;
};

/// The right to introspect as it is written: true, false, or a list of resources.
struct RawIntrospect {
    Place place;
    bool all = false;
    StringList resources{};  // paths or identifiers; empty where `all` is true

    bool none() const { return !all && resources.empty(); }
};

/// A secret as it may be written: NAME = "literal", NAME_env = "VARIABLE" or NAME_file = "path".
struct RawSecret {
    Setting<Secret> literal;
    Setting<std::string> env;
    Setting<std::string> file;

    bool given() const { return literal.given || env.given || file.given; }
    /// Of the key that was used; of the literal where none was.
    const Place& place() const {
        return env.given && !literal.given    ? env.place
               : file.given && !literal.given ? file.place
                                              : literal.place;
    }
};

}  // namespace sluice::config
