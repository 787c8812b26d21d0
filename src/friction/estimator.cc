// The loops behind the smoothed rates.
#include "friction/estimator.h"

#include <cmath>

// Recorded traces replay bit for bit; a fused multiply-add would round elsewhere.
#pragma clang fp contract(off)

namespace sluice::friction {

void blend_rates(std::span<double> averages, std::span<const std::uint16_t> counts,
                 std::uint16_t calls, double alpha) {
    const double total = calls;
    for (std::size_t i = 0; i < averages.size(); ++i) {
        averages[i] = blend(averages[i], static_cast<double>(counts[i]) / total, alpha);
    }
}

double decay_factor(double seconds, double rate) {
    return seconds > 0 && rate > 0 ? std::exp(-rate * seconds) : 1.0;
}

}  // namespace sluice::friction
