// Configurations and moments that the friction tests share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "friction/registry.h"

namespace sluice::friction {

/// A configuration whose loop is easy to follow by hand: window 10, no smoothing, no warm-up, no
/// dead zone, no decay, one tool "write" with target 0.5.
inline RawFrictionConfig plain_config() {
    RawFrictionConfig raw;
    raw.window_size = 10;
    raw.ema_alpha = 1;
    raw.adjustment_rate = 0.1;
    raw.asymmetric_decay = 1;
    raw.dead_zone = 0;
    raw.warmup_calls = 0;
    raw.time_decay_rate = 0;
    raw.tools = {{.name = "write", .target_rate = 0.5, .min_cost = 1, .max_cost = 11}};
    return raw;
}

inline FrictionConfig valid(const RawFrictionConfig& raw) {
    auto config = validate(raw);
    CHECK(config.has_value());
    return *std::move(config);
}

inline Moment at(double seconds) {
    return Moment(seconds);
}

constexpr HashKey test_hash_key{0x0123456789abcdef, 0xfedcba9876543210};

}  // namespace sluice::friction
