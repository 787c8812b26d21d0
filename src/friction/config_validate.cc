// The checks that stand between what an operator wrote and a FrictionConfig.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "friction/config.h"

namespace sluice::friction {
namespace {

/// Collects problems below one key prefix.
class Checks {
public:
    Checks(std::vector<Problem>& problems, std::string prefix)
        : problems_(problems), prefix_(std::move(prefix)) {}

    void add(std::string_view key, std::string text) {
        problems_.push_back({prefix_ + std::string(key), std::move(text)});
    }
    // Each range is closed; a NaN lies in none.
    void within(std::string_view key, double value, double least, double most) {
        if (value >= least && value <= most) return;
        add(key, fmt::format("{} is not between {} and {}", value, least, most));
    }
    void within(std::string_view key, std::int64_t value, std::int64_t least, std::int64_t most) {
        if (value >= least && value <= most) return;
        add(key, fmt::format("{} is not between {} and {}", value, least, most));
    }
    void above_zero(std::string_view key, double value, double most) {
        if (value > 0 && value <= most) return;
        add(key, fmt::format("{} is not above 0 and at most {}", value, most));
    }

private:
    std::vector<Problem>& problems_;
    std::string prefix_;
};

void check_loop(const RawFrictionConfig& raw, Checks& checks) {
    checks.within("max_delay", raw.max_delay_seconds, 0, 3600);
    checks.within("window_size", raw.window_size, 1, FrictionConfig::window_size_max);
    checks.above_zero("ema_alpha", raw.ema_alpha, 1);
    checks.above_zero("adjustment_rate", raw.adjustment_rate, 1000);
    checks.above_zero("asymmetric_decay", raw.asymmetric_decay, 1000);
    checks.within("dead_zone", raw.dead_zone, 0, 1);
    checks.within("warmup_calls", raw.warmup_calls, 0, 1'000'000'000);
    checks.within("time_decay_rate", raw.time_decay_rate, 0, 1000);
    if (!(raw.default_budget >= 0)) {
        checks.add("default_budget", fmt::format("{} is not 0 or more", raw.default_budget));
    }
    checks.above_zero("saturation_threshold", raw.saturation_threshold, 1);
    checks.within("saturation_window", raw.saturation_window, 0,
                  FrictionConfig::saturation_window_max);
    checks.within("saturation_relief_rate", raw.saturation_relief_rate, 0, 1);
    checks.within("max_clients", raw.max_clients, 1, FrictionConfig::max_clients_max);
    checks.within("penalty_ttl", raw.penalty_ttl_seconds, 0, 1e9);
    checks.within("penalty_min_friction", raw.penalty_min_friction, 0, 1);
}

void check_tool(const RawTool& tool, Checks checks) {
    checks.within("target_rate", tool.target_rate, 0, 1);
    checks.within("min_cost", tool.min_cost, 0, 1e12);
    checks.within("max_cost", tool.max_cost, 0, 1e12);
    if (tool.max_cost < tool.min_cost) {
        checks.add("max_cost",
                   fmt::format("{} is below min_cost, {}", tool.max_cost, tool.min_cost));
    }
    checks.above_zero("justification_threshold", tool.justification_threshold, 1);
    checks.above_zero("hard_block_threshold", tool.hard_block_threshold, 1);
    if (tool.max_delay_seconds) checks.within("max_delay", *tool.max_delay_seconds, 0, 3600);
}

void check_group(const RawGroup& group, Checks checks) {
    if (group.tools.empty()) checks.add("tools", "names no tool");
    std::set<std::string_view> seen;
    for (const std::string& tool : group.tools) {
        if (!seen.insert(tool).second)
            checks.add("tools", fmt::format("\"{}\" is listed twice", tool));
    }
    checks.within("aggregate_target", group.aggregate_target, 0, 1);
    checks.within("pressure_weight", group.pressure_weight, 0, 1000);
}

void check_names(const auto& named, std::string_view kind, std::size_t most, Checks& checks) {
    if (named.size() > most) {
        checks.add(kind, fmt::format("{} are more than {}", named.size(), most));
    }
    std::set<std::string_view> seen;
    for (const auto& entry : named) {
        if (entry.name.empty()) checks.add(kind, "a name is empty");
        if (!seen.insert(entry.name).second) {
            checks.add(fmt::format("{}.{}", kind, entry.name), "stands twice");
        }
    }
}

}  // namespace

std::expected<FrictionConfig, std::vector<Problem>> validate(const RawFrictionConfig& raw) {
    std::vector<Problem> problems;
    Checks checks(problems, "");
    check_loop(raw, checks);
    check_names(raw.tools, "tools", FrictionConfig::tools_max, checks);
    for (const RawTool& tool : raw.tools) {
        check_tool(tool, Checks(problems, "tools." + tool.name + "."));
    }
    check_names(raw.groups, "groups", FrictionConfig::groups_max, checks);
    for (const RawGroup& group : raw.groups) {
        check_group(group, Checks(problems, "groups." + group.name + "."));
    }
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return FrictionConfig(raw);
}

}  // namespace sluice::friction
