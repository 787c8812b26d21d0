// Exponential back-off with jitter: twice as long each time, and never in step with others.
#pragma once

#include <algorithm>

#include "base/clock.h"
#include "base/random.h"

namespace sluice::storage {

class Backoff {
public:
    /// Between a half and the whole of 100 ms, 200 ms, ... 5 s.
    Duration next(Random& random) {
        const auto half = static_cast<std::uint64_t>(next_.count()) / 2;
        next_ = std::min(2 * next_, longest);
        return Duration{static_cast<std::int64_t>(half + random.next_u64() % (half + 1))};
    }
    void reset() { next_ = shortest; }

private:
    static constexpr Duration shortest = std::chrono::milliseconds{100};
    static constexpr Duration longest = std::chrono::seconds{5};
    Duration next_ = shortest;
};

}  // namespace sluice::storage
