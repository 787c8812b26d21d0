// The arithmetic of the window.
#include "oauth/limits/sliding_window.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace sluice::oauth {

void SlidingWindow::slide(const RateLimit& limit, MonotonicTime now) {
    const Duration gone = now - begin_;
    if (begin_ == MonotonicTime{} || gone >= 2 * limit.window) {
        begin_ = now;
        previous_ = current_ = 0;
    } else if (gone >= limit.window) {
        begin_ += limit.window;
        // One below the limit at most: who has waited for the window's end is let through.
        previous_ = std::min(current_, std::max(limit.requests, 1U) - 1);
        current_ = 0;
        if (previous_ == 0) begin_ = now;
    }
}

Seconds SlidingWindow::admit(const RateLimit& limit, MonotonicTime now) {
    CHECK(limit.requests > 0 && limit.window > Duration::zero(), "validated before");
    slide(limit, now);
    const double window = static_cast<double>(limit.window.count());
    const double gone = static_cast<double>((now - begin_).count()) / window;
    const double allowed = limit.requests;
    constexpr double rounding = 1e-6;
    if (previous_ * (1 - gone) + current_ + 1 <= allowed + rounding) {
        ++current_;
        CHECK(current_ <= limit.requests);
        return Seconds{0};
    }
    // When enough of the previous window has slid out of reach; if this one alone is too full, when
    // it ends.
    const double from_begin =
        current_ + 1 <= allowed ? 1 - (allowed - current_ - 1) / std::max(previous_, 1U) : 1;
    const double wait_s = (from_begin - gone) * window / 1e9;
    return Seconds{
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(wait_s - rounding)))};
}

}  // namespace sluice::oauth
