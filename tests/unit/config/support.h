// What the tests of the configuration share.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace sluice::config::testing {

class FakeEnvironment final : public Environment {
public:
    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> files;

    std::optional<std::string> variable(const std::string& name) const override {
        return look_up(variables, name);
    }
    std::optional<std::string> file(const std::string& path) const override {
        return look_up(files, path);
    }
    std::string locate(const std::string& path) const override { return "/etc/" + path; }

private:
    static std::optional<std::string> look_up(const std::map<std::string, std::string>& map,
                                              const std::string& name) {
        const auto found = map.find(name);
        if (found == map.end()) return std::nullopt;
        return found->second;
    }
};

/// Each problem on a line of its own, as `sluice check-config` prints it for the file "t"; "" for a
/// valid text.
inline std::string problems_of(std::string_view toml, const FakeEnvironment& environment = {}) {
    const auto config = parse_config(toml, environment);
    if (config) return "";
    std::string lines;
    for (const Problem& problem : config.error()) lines += format_problem("t", problem) + '\n';
    return lines;
}

/// The configuration of a text that has to be valid.
inline Config config_of(std::string_view toml, const FakeEnvironment& environment = {}) {
    auto config = parse_config(toml, environment);
    EXPECT_TRUE(config.has_value()) << problems_of(toml, environment);
    if (!config) std::abort();
    return *std::move(config);
}

/// The smallest valid text that has both parts.
inline constexpr std::string_view valid_toml = R"([server]
public_url = "https://box.example"
[auth]
default_scope = "read"
[auth.scopes]
read = "Read notes"
write = "Change notes"
[[resource]]
path = "/mcp"
upstream = "http://127.0.0.1:9000/mcp"
)";

/// `text` with `to` where `from` stood; `from` has to be there.
inline std::string replaced(std::string_view from, std::string_view to,
                            std::string_view text = valid_toml) {
    std::string out(text);
    const std::size_t at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) out.replace(at, from.size(), to);
    return out;
}

/// valid_toml with `lines` below a table's head; the first of them is line `head` + 1.
inline std::string with(std::string_view head, std::string_view lines) {
    const std::string line = std::string(head) + '\n';
    return replaced(line, line + std::string(lines) + '\n');
}

/// valid_toml with more tables behind it, from line 11 on.
inline std::string followed_by(std::string_view tables) {
    return std::string(valid_toml) + std::string(tables);
}

/// One problem, with this place, whose text holds `words`.
inline void expect_problem(std::string_view toml, std::string_view place, std::string_view words,
                           const FakeEnvironment& environment = {}) {
    const std::string problems = problems_of(toml, environment);
    EXPECT_TRUE(problems.starts_with("t:" + std::string(place) + ": ")) << problems << place;
    EXPECT_TRUE(problems.contains(words)) << problems << words;
    EXPECT_EQ(std::ranges::count(problems, '\n'), 1) << problems;
}

}  // namespace sluice::config::testing
