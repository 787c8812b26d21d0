// The configuration's part of the C interface: keys in words, values into the raw configuration.
#include "friction_config.h"

#include <cmath>
#include <new>
#include <optional>
#include <string_view>

#include "include/sluice_friction.h"

namespace {

using sluice::friction::Mode;
using sluice::friction::RawFrictionConfig;
using sluice::friction::RawGroup;
using sluice::friction::RawTool;

std::optional<Mode> mode_of(std::string_view name) {
    if (name == "block") return Mode::block;
    if (name == "delay") return Mode::delay;
    if (name == "ladder") return Mode::ladder;
    if (name == "observe") return Mode::observe;
    return std::nullopt;
}

/// A number with the member it belongs into: of a double, a count, or a flag.
struct Number {
    double value;

    sluice_friction_status into(double& member) const {
        member = value;
        return SLUICE_FRICTION_OK;
    }
    sluice_friction_status into(std::optional<double>& member) const {
        member = value;
        return SLUICE_FRICTION_OK;
    }
    sluice_friction_status into(std::int64_t& member) const {
        if (value != std::trunc(value) || std::abs(value) > 1e15)
            return SLUICE_FRICTION_BAD_ARGUMENT;
        member = static_cast<std::int64_t>(value);
        return SLUICE_FRICTION_OK;
    }
    sluice_friction_status into(bool& member) const {
        if (value != 0 && value != 1) return SLUICE_FRICTION_BAD_ARGUMENT;
        member = value == 1;
        return SLUICE_FRICTION_OK;
    }
    sluice_friction_status into(std::optional<bool>& member) const {
        return into(member.emplace());
    }
};

sluice_friction_status set(RawFrictionConfig& raw, std::string_view key, Number number) {
    if (key == "max_delay") return number.into(raw.max_delay_seconds);
    if (key == "require_justification") return number.into(raw.require_justification);
    if (key == "window_size") return number.into(raw.window_size);
    if (key == "ema_alpha") return number.into(raw.ema_alpha);
    if (key == "adjustment_rate") return number.into(raw.adjustment_rate);
    if (key == "asymmetric_decay") return number.into(raw.asymmetric_decay);
    if (key == "dead_zone") return number.into(raw.dead_zone);
    if (key == "warmup_calls") return number.into(raw.warmup_calls);
    if (key == "time_decay_rate") return number.into(raw.time_decay_rate);
    if (key == "default_budget") return number.into(raw.default_budget);
    if (key == "saturation_threshold") return number.into(raw.saturation_threshold);
    if (key == "saturation_window") return number.into(raw.saturation_window);
    if (key == "saturation_relief_rate") return number.into(raw.saturation_relief_rate);
    if (key == "max_clients") return number.into(raw.max_clients);
    if (key == "penalty_ttl") return number.into(raw.penalty_ttl_seconds);
    if (key == "penalty_min_friction") return number.into(raw.penalty_min_friction);
    if (key == "recover_while_idle") return number.into(raw.recover_while_idle);
    return SLUICE_FRICTION_UNKNOWN_KEY;
}

sluice_friction_status set(RawTool& tool, std::string_view key, Number number) {
    if (key == "target_rate") return number.into(tool.target_rate);
    if (key == "min_cost") return number.into(tool.min_cost);
    if (key == "max_cost") return number.into(tool.max_cost);
    if (key == "justification_threshold") return number.into(tool.justification_threshold);
    if (key == "hard_block_threshold") return number.into(tool.hard_block_threshold);
    if (key == "max_delay") return number.into(tool.max_delay_seconds);
    if (key == "require_justification") return number.into(tool.require_justification);
    return SLUICE_FRICTION_UNKNOWN_KEY;
}

sluice_friction_status set(RawGroup& group, std::string_view key, Number number) {
    if (key == "aggregate_target") return number.into(group.aggregate_target);
    if (key == "pressure_weight") return number.into(group.pressure_weight);
    return SLUICE_FRICTION_UNKNOWN_KEY;
}

/// The entry of that name, made where there is none.
template <class Entry>
Entry& entry_of(std::vector<Entry>& entries, std::string_view name) {
    for (Entry& entry : entries) {
        if (entry.name == name) return entry;
    }
    entries.push_back({});
    entries.back().name = name;
    return entries.back();
}

/// Runs `change` where all arguments are given; memory that runs out becomes a status.
template <class Change>
sluice_friction_status guarded(bool given, Change&& change) noexcept {
    if (!given) return SLUICE_FRICTION_BAD_ARGUMENT;
    try {
        return change();
    } catch (const std::bad_alloc&) {
        return SLUICE_FRICTION_NO_MEMORY;
    }
}

}  // namespace

extern "C" {

sluice_friction_config* sluice_friction_config_new(void) {
    return new (std::nothrow) sluice_friction_config{};
}

void sluice_friction_config_free(sluice_friction_config* config) {
    delete config;
}

sluice_friction_status sluice_friction_set_number(sluice_friction_config* config, const char* key,
                                                  double value) {
    return guarded(config != nullptr && key != nullptr && !std::isnan(value),
                   [&] { return set(config->raw, key, {value}); });
}

sluice_friction_status sluice_friction_set_mode(sluice_friction_config* config, const char* mode) {
    const auto known = mode != nullptr ? mode_of(mode) : std::nullopt;
    return guarded(config != nullptr && known.has_value(), [&] {
        config->raw.mode = *known;
        return SLUICE_FRICTION_OK;
    });
}

sluice_friction_status sluice_friction_set_tool_number(sluice_friction_config* config,
                                                       const char* tool, const char* key,
                                                       double value) {
    return guarded(config != nullptr && tool != nullptr && key != nullptr && !std::isnan(value),
                   [&] { return set(entry_of(config->raw.tools, tool), key, {value}); });
}

sluice_friction_status sluice_friction_set_tool_mode(sluice_friction_config* config,
                                                     const char* tool, const char* mode) {
    const auto known = mode != nullptr ? mode_of(mode) : std::nullopt;
    return guarded(config != nullptr && tool != nullptr && known.has_value(), [&] {
        entry_of(config->raw.tools, tool).mode = *known;
        return SLUICE_FRICTION_OK;
    });
}

sluice_friction_status sluice_friction_set_group_number(sluice_friction_config* config,
                                                        const char* group, const char* key,
                                                        double value) {
    return guarded(config != nullptr && group != nullptr && key != nullptr && !std::isnan(value),
                   [&] { return set(entry_of(config->raw.groups, group), key, {value}); });
}

sluice_friction_status sluice_friction_add_group_tool(sluice_friction_config* config,
                                                      const char* group, const char* tool) {
    return guarded(config != nullptr && group != nullptr && tool != nullptr, [&] {
        entry_of(config->raw.groups, group).tools.emplace_back(tool);
        return SLUICE_FRICTION_OK;
    });
}

}  // extern "C"
