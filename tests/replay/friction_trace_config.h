// The configuration of a recorded friction trace.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "friction/raw_config.h"

namespace sluice::friction::vectors {

/// A number; infinity is written "inf".
inline std::optional<double> number_of(const JsonValue& value) {
    if (value.string() == "inf") return std::numeric_limits<double>::infinity();
    return value.number();
}

inline std::vector<JsonMember> members_of(const JsonValue& object, std::string_view key) {
    const std::optional<JsonValue> value = object.find(key);
    return value ? value->members() : std::vector<JsonMember>{};
}

inline std::vector<JsonValue> elements_of(const JsonValue& object, std::string_view key) {
    const std::optional<JsonValue> value = object.find(key);
    return value ? value->elements() : std::vector<JsonValue>{};
}

inline double read_number(const JsonValue& object, std::string_view key, double otherwise) {
    const std::optional<JsonValue> value = object.find(key);
    return value ? number_of(*value).value_or(otherwise) : otherwise;
}

/// A trace's configuration: the defaults for what it does not say.
inline RawFrictionConfig read_config(const JsonValue& trace, const JsonValue& config) {
    RawFrictionConfig raw;
    const auto integer = [](const JsonValue& object, std::string_view key, std::int64_t otherwise) {
        return static_cast<std::int64_t>(read_number(object, key, static_cast<double>(otherwise)));
    };
    raw.window_size = integer(config, "window_size", raw.window_size);
    raw.ema_alpha = read_number(config, "ema_alpha", raw.ema_alpha);
    raw.adjustment_rate = read_number(config, "adjustment_rate", raw.adjustment_rate);
    raw.asymmetric_decay = read_number(config, "asymmetric_decay", raw.asymmetric_decay);
    raw.dead_zone = read_number(config, "dead_zone", raw.dead_zone);
    raw.warmup_calls = integer(config, "warmup_calls", raw.warmup_calls);
    raw.time_decay_rate = read_number(config, "time_decay_rate", raw.time_decay_rate);
    raw.default_budget = read_number(config, "default_budget", raw.default_budget);
    raw.saturation_threshold = read_number(config, "saturation_threshold", 0.9);
    raw.saturation_window = integer(config, "saturation_window", raw.saturation_window);
    raw.saturation_relief_rate = read_number(config, "saturation_relief_rate", 0.005);
    raw.max_clients = integer(trace, "max_clients", raw.max_clients);
    raw.penalty_ttl_seconds = read_number(trace, "penalty_ttl", raw.penalty_ttl_seconds);
    raw.penalty_min_friction = read_number(trace, "penalty_min_friction", 0.1);
    // Traces judge a call by the state of the last recorded one.
    raw.recover_while_idle = false;
    for (const auto& [name, tool] : members_of(config, "tools")) {
        raw.tools.push_back(
            {.name = std::string(name),
             .target_rate = read_number(tool, "target_rate", 0),
             .min_cost = read_number(tool, "min_cost", 0.5),
             .max_cost = read_number(tool, "max_cost", 10),
             .justification_threshold = read_number(tool, "justification_threshold", 0.6),
             .hard_block_threshold = read_number(tool, "hard_block_threshold", 0.95)});
    }
    for (const auto& [name, group] : members_of(config, "groups")) {
        RawGroup entry{.name = std::string(name),
                       .tools = {},
                       .aggregate_target = read_number(group, "aggregate_target", 0),
                       .pressure_weight = read_number(group, "pressure_weight", 1)};
        for (const JsonValue& tool : elements_of(group, "tools")) {
            entry.tools.emplace_back(tool.string().value_or(""));
        }
        raw.groups.push_back(std::move(entry));
    }
    return raw;
}

}  // namespace sluice::friction::vectors
