// Sliding window counter: requests in a window of time that slides, in constant space.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "oauth/settings.h"

namespace sluice::oauth {

/// The count of the current window and, by the share of it that still lies within reach, of the one
/// before. Never lets more through than the limit in one window after a quiet one.
class SlidingWindow {
public:
    /// How long to wait for the next request to be let through, a window at most; zero: this one
    /// is, and counts.
    Seconds admit(const RateLimit& limit, MonotonicTime now);

private:
    void slide(const RateLimit& limit, MonotonicTime now);

    MonotonicTime begin_{};  // of the current window
    std::uint32_t current_ = 0;
    std::uint32_t previous_ = 0;
};

}  // namespace sluice::oauth
