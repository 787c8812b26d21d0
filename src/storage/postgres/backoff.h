// How long to wait before the next try: longer each time, and not the same for all.
#pragma once

#include <algorithm>

#include "base/clock.h"
#include "base/random.h"

namespace sluice::storage::postgres {

class Backoff {
public:
    static constexpr Duration first = std::chrono::milliseconds{100};
    static constexpr Duration longest = std::chrono::seconds{5};

    explicit Backoff(Random& random) : random_(random) {}

    void reset() { next_ = first; }
    /// Between half of the time and all of it.
    Duration next() {
        const Duration time = next_;
        next_ = std::min(2 * next_, longest);
        const auto half = static_cast<std::uint64_t>(time.count() / 2);
        return Duration(static_cast<std::int64_t>(half + random_.next_u64() % (half + 1)));
    }

private:
    Random& random_;
    Duration next_ = first;
};

}  // namespace sluice::storage::postgres
