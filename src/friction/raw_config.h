// Friction configuration as an operator writes it, with the defaults; see docs/FRICTION.md.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace sluice::friction {

/// What becomes of a call that the controller refuses.
enum class Mode : std::uint8_t {
    block,    // it is refused, not recorded, not charged
    delay,    // it passes and is recorded; every call waits friction × max_delay
    ladder,   // as block, and what passes waits friction × max_delay
    observe,  // it passes and is recorded; the decision is only reported
};

constexpr bool refuses(Mode mode) {
    return mode == Mode::block || mode == Mode::ladder;
}
constexpr bool delays(Mode mode) {
    return mode == Mode::delay || mode == Mode::ladder;
}

struct RawTool {
    std::string name;
    double target_rate = 0;                // fraction of the client's calls, 0 to 1
    double min_cost = 0.5;                 // what a call costs at friction 0
    double max_cost = 10.0;                // what a call costs at friction 1
    double justification_threshold = 0.6;  // friction from which a reason is asked for
    double hard_block_threshold = 0.95;    // friction from which calls are refused
    // As the whole configuration has them where they are absent.
    std::optional<Mode> mode{};
    std::optional<double> max_delay_seconds{};
    std::optional<bool> require_justification{};
};

struct RawGroup {
    std::string name;
    std::vector<std::string> tools;
    double aggregate_target = 0;   // fraction of the client's calls for all its tools together
    double pressure_weight = 1.0;  // how hard an excess presses, against adjustment_rate
};

struct RawFrictionConfig {
    Mode mode = Mode::block;
    double max_delay_seconds = 2.0;  // mode delay: at friction 1
    // Modes block and delay: a call from justification_threshold on passes only with a reason.
    bool require_justification = false;
    std::int64_t window_size = 100;  // calls
    double ema_alpha = 0.15;         // weight of the newest window rate, above 0 to 1
    double adjustment_rate = 0.08;   // friction gained by one call at an excess of 1
    double asymmetric_decay = 2.0;   // how much faster friction falls than it rises
    double dead_zone = 0.01;         // excess or shortfall below which nothing moves
    std::int64_t warmup_calls = 20;  // the client's calls before friction first moves
    double time_decay_rate = 0.001;  // per second, of rates and friction alike; 0: none
    double default_budget = std::numeric_limits<double>::infinity();  // sum of costs a client has
    double saturation_threshold = 0.9;      // friction that counts as saturated
    std::int64_t saturation_window = 0;     // saturated calls in a row before relief; 0: no relief
    double saturation_relief_rate = 0.005;  // added to the target with each further call
    std::int64_t max_clients = 100'000;     // the least recently seen is evicted for another
    double penalty_ttl_seconds = 3600;      // how long an evicted client's friction is kept; 0: not
    double penalty_min_friction = 0.1;      // friction from which it is kept
    // Whether idle time counts when a call is judged. If not, a decision shows the friction of the
    // last recorded call, so that a client whose every call is refused stays refused for ever.
    bool recover_while_idle = true;
    std::vector<RawTool> tools;
    std::vector<RawGroup> groups;
};

}  // namespace sluice::friction
