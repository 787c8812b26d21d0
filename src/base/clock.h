// Clock: two kinds of time that cannot be mixed. Monotonic time for every duration and deadline,
// wall-clock time only for what leaves the process (exp, iat, log lines).
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

#include "base/check.h"

namespace sluice {

using Duration = std::chrono::nanoseconds;
using Seconds = std::chrono::seconds;

/// A point on the monotonic clock; never moves back, unaffected by clock jumps.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
/// Seconds and fractions since 1970-01-01T00:00:00Z.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// Whole seconds since 1970, as OAuth's NumericDate has them (RFC 7519 §2).
inline std::int64_t numeric_date(WallTime time) {
    return std::chrono::floor<Seconds>(time).time_since_epoch().count();
}

/// Where time comes from; handed in, so that tests and simulations own it.
class Clock {
public:
    virtual ~Clock() = default;
    virtual MonotonicTime monotonic() = 0;
    virtual WallTime wall() = 0;
};

/// Its monotonic time goes on while the machine sleeps: what was to end in an hour has ended then.
class SystemClock final : public Clock {
public:
    MonotonicTime monotonic() override {
        timespec time{};
        clock_gettime(CLOCK_BOOTTIME, &time);  // cannot fail
        return MonotonicTime(Seconds(time.tv_sec) + Duration(time.tv_nsec));
    }
    WallTime wall() override { return std::chrono::system_clock::now(); }
};

/// A clock that moves only when told: for tests and simulations.
class ManualClock final : public Clock {
public:
    explicit ManualClock(WallTime wall = WallTime{std::chrono::seconds{1'790'000'000}})
        : wall_(wall) {}
    MonotonicTime monotonic() override { return monotonic_; }
    WallTime wall() override { return wall_; }
    void advance(Duration by) {
        CHECK(by >= Duration::zero(), "monotonic time never moves back");
        monotonic_ += by;
        wall_ += by;
    }
    /// Moves the wall clock alone, as an operator or NTP does.
    void jump_wall(Duration by) { wall_ += by; }

private:
    MonotonicTime monotonic_{std::chrono::hours{1}};
    WallTime wall_;
};

}  // namespace sluice
