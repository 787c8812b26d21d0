// [resource.friction], checked: plain values for the wiring to hand to the friction library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace sluice::server {

struct FrictionToolSettings {
    std::string name;
    double target_rate = 0;
    double min_cost = 0;
    double max_cost = 0;
    double justification_threshold = 0;
    double hard_block_threshold = 0;
};

struct FrictionGroupSettings {
    std::string name;
    std::vector<std::string> tools;  // each is one of FrictionSettings::tools
    double aggregate_target = 0;
    double pressure_weight = 0;
};

struct FrictionSettings {
    enum class Mode { block, delay, observe };

    Mode mode = Mode::block;
    Duration max_delay{};
    std::uint32_t window_size = 0;
    double ema_alpha = 0;
    double adjustment_rate = 0;
    double asymmetric_decay = 0;
    double dead_zone = 0;
    std::uint32_t warmup_calls = 0;
    double time_decay_rate = 0;  // per second
    double default_budget = 0;   // may be infinity
    double saturation_threshold = 0;
    std::uint32_t saturation_window = 0;
    double saturation_relief_rate = 0;
    std::uint32_t max_clients = 0;
    Duration penalty_ttl{};
    double penalty_min_friction = 0;
    std::vector<FrictionToolSettings> tools;    // in the file's order
    std::vector<FrictionGroupSettings> groups;  // in the file's order
};

}  // namespace sluice::server
