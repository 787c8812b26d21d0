// Connection timeout: one deadline, moved from phase to phase (header, body, idle, write) by a
// store.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/check.h"
#include "base/clock.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "io/timer.h"

namespace sluice::http {

/// What `bytes` may take where they have to come or go at this rate at least.
inline Duration time_at_rate(std::size_t bytes, std::size_t bytes_per_second) {
    CHECK(bytes_per_second > 0, "a rate that was not validated");
    return std::chrono::nanoseconds{bytes * 1'000'000'000 / bytes_per_second};
}

/// Cancels, with ETIMEDOUT, the scope of the phase that took too long.
class PhaseDeadline final : public io::Timer {
public:
    explicit PhaseDeadline(io::Shard& shard) : shard_(shard) {}

    /// Replaces whatever was set before.
    void set(io::CancelScope& scope, MonotonicTime due) {
        scope_ = &scope;
        due_ = due;
        if (!running() || due < armed_) arm(due);
    }
    void clear() { scope_ = nullptr; }

protected:
    // The timer may be early: it was left where an earlier phase had put it.
    void on_timer() override {
        if (scope_ == nullptr) return;
        if (shard_.now() < due_) return arm(due_);
        io::CancelScope* scope = scope_;
        scope_ = nullptr;
        scope->cancel({ETIMEDOUT});
    }

private:
    void arm(MonotonicTime due) {
        armed_ = due;
        shard_.timers().start(*this, due);
    }

    io::Shard& shard_;
    io::CancelScope* scope_ = nullptr;
    MonotonicTime due_{};
    MonotonicTime armed_{};
};

}  // namespace sluice::http
