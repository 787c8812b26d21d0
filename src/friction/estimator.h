// Exponential moving average (EMA): each tool's smoothed fraction of a client's calls.
#pragma once

#include <cmath>

namespace sluice::friction {

/// One step of an exponential moving average; `alpha` is the weight of the new sample.
inline double blend(double average, double sample, double alpha) {
#pragma clang fp contract(off)
    return alpha * sample + (1.0 - alpha) * average;
}

/// What is left after `seconds` of decay at `rate` per second: 1 where no time has passed, also
/// where `seconds` is negative or not a number.
inline double decay_factor(double seconds, double rate) {
    return seconds > 0 && rate > 0 ? std::exp(-rate * seconds) : 1.0;
}

}  // namespace sluice::friction
