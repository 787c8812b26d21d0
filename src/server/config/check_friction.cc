#include <algorithm>
#include <array>
#include <chrono>

#include "server/config/checks.h"
#include "server/config/sections.h"

namespace sluice::server {
namespace {

using namespace std::chrono_literals;

constexpr double cost_max = 1e9;

void check_required(const Setting<double>& rate, std::string_view what, Problems& problems) {
    if (!rate.given) problems.add(rate.place, fmt::format("is missing: {}", what));
}

FrictionToolSettings check_tool(const Named<RawFrictionTool>& named, Problems& problems) {
    const RawFrictionTool& raw = named.table;
    FrictionToolSettings tool;
    tool.name = named.name;
    check_required(raw.target_rate,
                   "the fraction of a client's calls that this tool should stay below", problems);
    tool.target_rate = check_range(raw.target_rate, 0.0, 1.0, problems);
    tool.min_cost = check_range(raw.min_cost, 0.0, cost_max, problems);
    tool.max_cost = check_range(raw.max_cost, 0.0, cost_max, problems);
    if (tool.min_cost > tool.max_cost) {
        problems.add(raw.min_cost.given ? raw.min_cost.place : raw.max_cost.place,
                     fmt::format("min_cost {} is above max_cost {}", tool.min_cost, tool.max_cost));
    }
    tool.justification_threshold = check_range(raw.justification_threshold, 0.0, 1.0, problems);
    tool.hard_block_threshold = check_range(raw.hard_block_threshold, 0.0, 1.0, problems);
    return tool;
}

FrictionGroupSettings check_group(const Named<RawFrictionGroup>& named, const RawFriction& friction,
                                  Problems& problems) {
    const RawFrictionGroup& raw = named.table;
    FrictionGroupSettings group;
    group.name = named.name;
    if (raw.tools.empty()) {
        problems.add({raw.place.line, raw.place.key + ".tools"},
                     "is missing: the tools whose rates are summed up");
    }
    for (const auto& name : raw.tools) {
        const bool known = std::ranges::any_of(
            friction.tools, [&](const auto& tool) { return tool.name == *name; });
        if (!known) {
            problems.add(
                name.place,
                fmt::format("the tool \"{0}\" has no table [resource.friction.tools.{0}]", *name));
        }
        group.tools.push_back(*name);
    }
    check_required(raw.aggregate_target,
                   "the fraction that all tools of the group together should stay below", problems);
    group.aggregate_target = check_range(raw.aggregate_target, 0.0, 1.0, problems);
    group.pressure_weight = check_range(raw.pressure_weight, 0.0, 100.0, problems);
    return group;
}

void check_loop(const RawFriction& raw, FrictionSettings& settings, Problems& problems) {
    const auto number = [&](const Setting<double>& setting, double least, double most) {
        return check_range(setting, least, most, problems);
    };
    const auto count = [&](const Setting<std::int64_t>& setting, std::int64_t least,
                           std::int64_t most) {
        return check_count(setting, least, most, problems);
    };
    settings.window_size = count(raw.window_size, 1, 100'000);
    settings.ema_alpha = number(raw.ema_alpha, 0.0001, 1);
    settings.adjustment_rate = number(raw.adjustment_rate, 0, 1);
    settings.asymmetric_decay = number(raw.asymmetric_decay, 0.01, 100);
    settings.dead_zone = number(raw.dead_zone, 0, 1);
    settings.warmup_calls = count(raw.warmup_calls, 0, 1'000'000);
    settings.time_decay_rate = number(raw.time_decay_rate, 0, 1000);
    settings.saturation_threshold = number(raw.saturation_threshold, 0, 1);
    settings.saturation_window = count(raw.saturation_window, 0, 1'000'000);
    settings.saturation_relief_rate = number(raw.saturation_relief_rate, 0, 1);
    settings.max_clients = count(raw.max_clients, 1, 100'000'000);
    settings.penalty_min_friction = number(raw.penalty_min_friction, 0, 1);
}

}  // namespace

FrictionSettings check_friction(const RawFriction& raw, Problems& problems) {
    using Mode = FrictionSettings::Mode;
    constexpr std::array<std::pair<std::string_view, Mode>, 3> modes{
        {{"block", Mode::block}, {"delay", Mode::delay}, {"observe", Mode::observe}}};
    FrictionSettings settings;
    settings.mode = choose(raw.mode, modes, problems);
    settings.max_delay = check_range<Duration>(raw.max_delay, 0s, 10min, problems);
    settings.penalty_ttl =
        check_range<Duration>(raw.penalty_ttl, 0s, std::chrono::days(30), problems);
    check_loop(raw, settings, problems);
    settings.default_budget = raw.default_budget->value;
    if (!(settings.default_budget > 0)) {
        problems.add(raw.default_budget.place, "has to be above 0; \"inf\" means no budget");
    }
    for (const auto& tool : raw.tools) settings.tools.push_back(check_tool(tool, problems));
    for (const auto& group : raw.groups)
        settings.groups.push_back(check_group(group, raw, problems));
    return settings;
}

}  // namespace sluice::server
