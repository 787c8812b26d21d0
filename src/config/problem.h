// Validation errors: every problem of a configuration at once, each with its place and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/setting.h"

namespace sluice::config {

struct Problem {
    int line = 0;      // 0: no line of the file
    std::string key;   // empty: the file as a whole
    std::string text;  // names the value and the remedy; never holds a secret
};

/// `sluice.toml:41: auth.client[2].auth_method: "secret" is not one of none, client_secret_basic`
std::string format_problem(std::string_view file_name, const Problem& problem);

/// Collects problems while a configuration is read and checked.
class Problems {
public:
    /// A value that could not be read at all (wrong type, malformed): later checks of the same key
    /// would judge its default and are dropped.
    void add_unreadable(const Place& place, std::string text);
    void add(const Place& place, std::string text);

    bool empty() const { return problems_.empty(); }
    /// All of them in the order of their lines.
    std::vector<Problem> take();

private:
    void insert(const Place& place, std::string text);

    std::vector<Problem> problems_;
    std::vector<std::string> unreadable_;
};

}  // namespace sluice::config
