// [resource.friction] as it is written: every key with its default.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/setting.h"

namespace sluice::config {

struct RawFrictionTool {
    Place place;
    Setting<double> target_rate;  // required: the fraction of a client's calls, 0 to 1
    Setting<double> min_cost = 0.5;
    Setting<double> max_cost = 10.0;
    Setting<double> justification_threshold = 0.6;
    Setting<double> hard_block_threshold = 0.95;
    // As [resource.friction] has them where they are not written.
    Setting<std::string> mode;
    Setting<Duration> max_delay;
    Setting<bool> require_justification;

    void each_key(auto& key) {
        key("target_rate", target_rate);
        key("min_cost", min_cost);
        key("max_cost", max_cost);
        key("justification_threshold", justification_threshold);
        key("hard_block_threshold", hard_block_threshold);
        key("mode", mode);
        key("max_delay", max_delay);
        key("require_justification", require_justification);
    }
};

struct RawFrictionGroup {
    Place place;
    StringList tools;                  // required; each has a table of its own
    Setting<double> aggregate_target;  // required: the fraction of all tools together, 0 to 1
    Setting<double> pressure_weight = 1.0;

    void each_key(auto& key) {
        key("tools", tools);
        key("aggregate_target", aggregate_target);
        key("pressure_weight", pressure_weight);
    }
};

struct RawFriction {
    Place place;
    Setting<bool> enabled = true;
    Setting<std::string> mode = "block";                            // block | delay | observe
    Setting<Duration> max_delay = std::chrono::milliseconds(2000);  // mode delay: at friction 1.0
    Setting<bool> require_justification = false;  // modes block and delay: a reason at HIGH
    Setting<std::int64_t> window_size = 100;      // calls
    Setting<double> ema_alpha = 0.15;
    Setting<double> adjustment_rate = 0.08;
    Setting<double> asymmetric_decay = 2.0;
    Setting<double> dead_zone = 0.01;
    Setting<std::int64_t> warmup_calls = 20;
    Setting<double> time_decay_rate = 0.001;  // per second
    Setting<Amount> default_budget = Amount{std::numeric_limits<double>::infinity()};
    Setting<double> saturation_threshold = 0.9;
    Setting<std::int64_t> saturation_window = 0;  // calls; 0: no saturation relief
    Setting<double> saturation_relief_rate = 0.005;
    Setting<std::int64_t> max_clients = 100'000;
    Setting<Duration> penalty_ttl = std::chrono::hours(1);
    Setting<double> penalty_min_friction = 0.1;
    std::vector<Named<RawFrictionTool>> tools;
    std::vector<Named<RawFrictionGroup>> groups;

    void each_key(auto& key) {
        key("enabled", enabled);
        key("mode", mode);
        key("max_delay", max_delay);
        key("require_justification", require_justification);
        key("window_size", window_size);
        key("ema_alpha", ema_alpha);
        key("adjustment_rate", adjustment_rate);
        key("asymmetric_decay", asymmetric_decay);
        key("dead_zone", dead_zone);
        key("warmup_calls", warmup_calls);
        key("time_decay_rate", time_decay_rate);
        key("default_budget", default_budget);
        key("saturation_threshold", saturation_threshold);
        key("saturation_window", saturation_window);
        key("saturation_relief_rate", saturation_relief_rate);
        key("max_clients", max_clients);
        key("penalty_ttl", penalty_ttl);
        key("penalty_min_friction", penalty_min_friction);
        key("tools", tools);
        key("groups", groups);
    }
};

}  // namespace sluice::config
