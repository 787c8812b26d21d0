// How long each attempt waits.
#include "oauth/limits/attempt_throttle.h"

#include <algorithm>

namespace sluice::oauth {

Seconds AttemptThrottle::pause_left(std::string_view key, MonotonicTime now, std::uint32_t free) {
    const Count* known = attempts_.find(key, now);
    if (known == nullptr || known->attempts < free + rule_.slowed) return Seconds{0};
    const Duration left = rule_.pause - (now - known->last);
    return std::max(Seconds{0}, std::chrono::ceil<Seconds>(left));
}

Attempt AttemptThrottle::begin(std::string_view key, MonotonicTime now, unsigned people) {
    const std::uint32_t free = rule_.free * people;
    Attempt attempt;
    attempt.retry_after = pause_left(key, now, free);
    if (attempt.retry_after > Seconds{0}) return attempt;

    const Count* known = attempts_.find(key, now);
    const Count count = known != nullptr ? *known : Count{};
    if (count.attempts >= free && count.attempts < free + rule_.slowed) {
        constexpr Duration first_hold = std::chrono::milliseconds{250};
        const std::uint32_t doublings = std::min(count.attempts - free, 10U);
        attempt.hold = std::min(first_hold * (1 << doublings), rule_.longest_hold);
    }
    attempts_.put(std::string(key), Count{count.attempts + 1, now}, now);
    return attempt;
}

void AttemptThrottle::take_back(std::string_view key, MonotonicTime now) {
    Count* count = attempts_.find(key, now);
    if (count != nullptr && count->attempts > 0) --count->attempts;
}

}  // namespace sluice::oauth
