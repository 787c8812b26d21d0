// When requests are due in an open loop: a schedule that knows nothing of the answers.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/clock.h"
#include "loadgen/scenario.h"

namespace sluice::loadgen {

class Arrivals {
public:
    enum class Kind : std::uint8_t {
        even,    // the same time apart
        random,  // as independent callers come: a Poisson process
    };

    /// rate   arrivals a second, above 0.
    Arrivals(Kind kind, double rate, MonotonicTime first, std::uint64_t seed)
        : kind_(kind), gap_ns_(1e9 / rate), first_(first), random_(seed) {}

    MonotonicTime due() const { return first_ + Duration(static_cast<std::int64_t>(offset_ns_)); }

    /// Goes on to the next arrival. Even ones are counted, not summed, so that nothing drifts.
    void advance() {
        ++count_;
        if (kind_ == Kind::even) {
            offset_ns_ = static_cast<double>(count_) * gap_ns_;
            return;
        }
        constexpr double steps = 9007199254740992.0;                                  // 2^53
        const double even = (static_cast<double>(random_.next() >> 11) + 1) / steps;  // (0, 1]
        offset_ns_ -= std::log(even) * gap_ns_;
    }

private:
    Kind kind_;
    double gap_ns_;
    MonotonicTime first_;
    QuickRandom random_;
    std::uint64_t count_ = 0;
    double offset_ns_ = 0;
};

}  // namespace sluice::loadgen
