// Timer wheel (hierarchical, ticks of a millisecond): starting and stopping a timer is O(1), so
// every request can have its deadlines.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace sluice::io {

class TimerWheel;

/// Something to be told once a point in time has passed. Stops when dropped.
class Timer {
public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    virtual ~Timer() { stop(); }

    bool running() const { return wheel_ != nullptr; }
    void stop();

protected:
    virtual void on_timer() = 0;

private:
    friend TimerWheel;
    TimerWheel* wheel_ = nullptr;
    Timer* previous_ = nullptr;
    Timer* next_ = nullptr;
    std::uint64_t due_tick_ = 0;
    std::uint16_t slot_ = 0;
};

class TimerWheel {
public:
    explicit TimerWheel(MonotonicTime now);
    ~TimerWheel();

    /// Starts or restarts `timer`: it is told in the first advance() to a time not before `due`,
    /// rounded up to the next millisecond. At most 12 days ahead; later is cut to that.
    void start(Timer& timer, MonotonicTime due);
    /// Tells every timer whose time has come.
    void advance(MonotonicTime now);
    /// When advance() is next needed at the earliest; nothing while no timer runs.
    std::optional<MonotonicTime> next_due() const;

private:
    friend Timer;
    static constexpr unsigned levels = 5;
    static constexpr unsigned slots = 64;

    std::uint64_t tick_of(MonotonicTime time, bool round_up) const;
    void insert(Timer& timer);
    void remove(Timer& timer);
    void cascade(unsigned level);
    void expire_slot();
    std::optional<std::uint64_t> next_tick() const;

    MonotonicTime origin_;
    std::uint64_t current_ = 0;  // every timer due up to this tick has been told
    std::array<Timer*, levels * slots> heads_{};
    std::array<std::uint64_t, levels> occupied_{};  // one bit a slot
};

}  // namespace sluice::io
