// Event and sleep: waiting for something to happen on the same shard, and for time to pass.
#pragma once

#include <coroutine>
#include <vector>

#include "base/check.h"
#include "io/cancel.h"
#include "io/shard.h"

namespace sluice::io {

/// A flag that coroutines wait for. Once set it stays set until reset().
class Event {
public:
    explicit Event(Shard& shard) : shard_(shard) {}
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { CHECK(waiters_ == nullptr, "an event was dropped while somebody waits for it"); }

    bool is_set() const { return set_; }
    void reset() { set_ = false; }
    void set();

    /// co_await event.wait(scope): true once it is set, false where `scope` was cancelled first.
    class [[nodiscard]] Waiter final : Cancellable {
    public:
        Waiter(Event& event, CancelScope* scope) : event_(event), scope_(scope) {}
        bool await_ready() const { return event_.set_; }
        void await_suspend(std::coroutine_handle<> awaiting);
        bool await_resume();

    private:
        friend Event;
        void on_cancel() override;
        void wake(bool happened);

        Event& event_;
        CancelScope* scope_;
        std::coroutine_handle<> awaiting_;
        Waiter* next_ = nullptr;
        bool waiting_ = false;
        bool happened_ = true;
    };
    Waiter wait(CancelScope* scope = nullptr) { return {*this, scope}; }

private:
    Shard& shard_;
    Waiter* waiters_ = nullptr;
    bool set_ = false;
};

/// co_await Sleep(shard, duration, scope): true after the time, false where `scope` was cancelled.
class [[nodiscard]] Sleep final : Timer, Cancellable {
public:
    Sleep(Shard& shard, Duration duration, CancelScope* scope = nullptr)
        : shard_(shard), duration_(duration), scope_(scope) {}
    bool await_ready() const { return duration_ <= Duration::zero(); }
    void await_suspend(std::coroutine_handle<> awaiting);
    bool await_resume();

private:
    void on_timer() override { wake(true); }
    void on_cancel() override { wake(false); }
    void wake(bool elapsed);

    Shard& shard_;
    Duration duration_;
    CancelScope* scope_;
    std::coroutine_handle<> awaiting_;
    bool elapsed_ = true;
};

}  // namespace sluice::io
