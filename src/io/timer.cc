#include "io/timer.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace sluice::io {
namespace {

constexpr unsigned bits_per_level = 6;
constexpr Duration tick = std::chrono::milliseconds{1};

}  // namespace

void Timer::stop() {
    if (wheel_ != nullptr) wheel_->remove(*this);
}

TimerWheel::TimerWheel(MonotonicTime now) : origin_(now) {}

TimerWheel::~TimerWheel() {
    for (Timer* head : heads_) CHECK(head == nullptr, "a timer outlives its wheel");
}

std::uint64_t TimerWheel::tick_of(MonotonicTime time, bool round_up) const {
    if (time <= origin_) return 0;
    const Duration since = time - origin_ + (round_up ? tick - Duration{1} : Duration{0});
    return static_cast<std::uint64_t>(since / tick);
}

void TimerWheel::start(Timer& timer, MonotonicTime due) {
    timer.stop();
    constexpr std::uint64_t ahead_max = (std::uint64_t{1} << (bits_per_level * levels)) - 1;
    timer.due_tick_ = std::clamp(tick_of(due, true), current_ + 1, current_ + ahead_max);
    timer.wheel_ = this;
    insert(timer);
}

void TimerWheel::insert(Timer& timer) {
    CHECK(timer.due_tick_ >= current_, "a timer was passed over");
    const std::uint64_t ahead = timer.due_tick_ - current_;
    const unsigned width = ahead == 0 ? 1 : static_cast<unsigned>(std::bit_width(ahead));
    const unsigned level = std::min((width - 1) / bits_per_level, levels - 1);
    const auto slot = (timer.due_tick_ >> (level * bits_per_level)) % slots;
    timer.slot_ = static_cast<std::uint16_t>(level * slots + slot);
    timer.previous_ = nullptr;
    timer.next_ = heads_[timer.slot_];
    if (timer.next_ != nullptr) timer.next_->previous_ = &timer;
    heads_[timer.slot_] = &timer;
    occupied_[level] |= std::uint64_t{1} << slot;
}

void TimerWheel::remove(Timer& timer) {
    CHECK(timer.wheel_ == this, "a timer of another wheel");
    if (timer.previous_ != nullptr) {
        timer.previous_->next_ = timer.next_;
    } else {
        CHECK(heads_[timer.slot_] == &timer);
        heads_[timer.slot_] = timer.next_;
        if (timer.next_ == nullptr) {
            occupied_[timer.slot_ / slots] &= ~(std::uint64_t{1} << (timer.slot_ % slots));
        }
    }
    if (timer.next_ != nullptr) timer.next_->previous_ = timer.previous_;
    timer.previous_ = timer.next_ = nullptr;
    timer.wheel_ = nullptr;
}

/// Moves the timers of the level's current slot to where they belong now.
void TimerWheel::cascade(unsigned level) {
    const auto slot = (current_ >> (level * bits_per_level)) % slots;
    while (Timer* timer = heads_[level * slots + slot]) {
        remove(*timer);
        timer->wheel_ = this;
        insert(*timer);
        CHECK(timer->slot_ < level * slots, "a cascade moves down");
    }
}

void TimerWheel::expire_slot() {
    while (Timer* timer = heads_[current_ % slots]) {
        remove(*timer);
        CHECK(timer->due_tick_ == current_, "a timer is told at its tick");
        timer->on_timer();
    }
}

void TimerWheel::advance(MonotonicTime now) {
    const std::uint64_t target = tick_of(now, false);
    for (auto next = next_tick(); next && *next <= target; next = next_tick()) {
        current_ = *next;
        for (unsigned level = levels - 1; level > 0; --level) {
            const std::uint64_t below = (std::uint64_t{1} << (level * bits_per_level)) - 1;
            if ((current_ & below) == 0) cascade(level);
        }
        expire_slot();
    }
    current_ = std::max(current_, target);
}

/// The next tick at which a slot with timers in it is reached, on any level.
std::optional<std::uint64_t> TimerWheel::next_tick() const {
    std::optional<std::uint64_t> earliest;
    for (unsigned level = 0; level < levels; ++level) {
        if (occupied_[level] == 0) continue;
        const unsigned shift = level * bits_per_level;
        const auto position = static_cast<int>((current_ >> shift) % slots);
        // The nearest occupied slot after the current one, going round.
        const auto rotated = std::rotr(occupied_[level], (position + 1) % static_cast<int>(slots));
        const auto steps = static_cast<std::uint64_t>(std::countr_zero(rotated)) + 1;
        const std::uint64_t tick_there = ((current_ >> shift) + steps) << shift;
        earliest = std::min(earliest.value_or(tick_there), tick_there);
    }
    return earliest;
}

std::optional<MonotonicTime> TimerWheel::next_due() const {
    const auto next = next_tick();
    if (!next) return std::nullopt;
    return origin_ + static_cast<std::int64_t>(*next) * tick;
}

}  // namespace sluice::io
