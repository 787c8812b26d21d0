// The order of the checks, and the pace.
#include "oauth/device/device_poll.h"

#include "base/check.h"

namespace sluice::oauth {
namespace {

bool is_too_soon(const std::optional<Duration>& since_last, Duration interval) {
    return since_last && *since_last < interval;
}

}  // namespace

DevicePollAnswer answer_device_poll(const DevicePoll& poll) {
    if (!poll.known) return DevicePollAnswer::invalid_grant;
    if (poll.left < Duration::zero()) return DevicePollAnswer::expired_token;
    if (is_too_soon(poll.since_last, poll.interval)) return DevicePollAnswer::slow_down;
    if (!poll.status) return DevicePollAnswer::invalid_grant;
    switch (*poll.status) {
        case DeviceStatus::pending:
            return DevicePollAnswer::authorization_pending;
        case DeviceStatus::approved:
            return DevicePollAnswer::approved;
        case DeviceStatus::denied:
            return DevicePollAnswer::access_denied;
    }
    return DevicePollAnswer::invalid_grant;
}

DevicePace::Step DevicePace::step(std::string_view key, Duration interval, MonotonicTime now) {
    CHECK(interval > Duration::zero(), "a device may not poll at once");
    Step step{.since_last = std::nullopt, .interval = interval, .next_interval = interval};
    if (const Pace* pace = codes_.find(key, now)) {
        step.since_last = now - pace->last;
        step.interval = pace->interval;
        step.next_interval = step.interval;
        if (is_too_soon(step.since_last, step.interval)) step.next_interval += slow_down_step;
    }
    codes_.put(std::string(key), Pace{step.next_interval, now}, now);
    return step;
}

}  // namespace sluice::oauth
