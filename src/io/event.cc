#include "io/event.h"

#include "base/check.h"

namespace sluice::io {

void Event::set() {
    set_ = true;
    while (Waiter* waiter = waiters_) {
        waiters_ = waiter->next_;
        waiter->wake(true);
    }
}

void Event::Waiter::await_suspend(std::coroutine_handle<> awaiting) {
    awaiting_ = awaiting;
    CHECK(!waiting_ && !event_.set_, "nobody waits for what has happened");
    waiting_ = true;
    next_ = event_.waiters_;
    event_.waiters_ = this;
    join(scope_);
}

bool Event::Waiter::await_resume() {
    leave();
    CHECK(!waiting_, "resumed by somebody else than the event");
    return happened_;
}

void Event::Waiter::on_cancel() {
    if (!waiting_) return;
    Waiter** link = &event_.waiters_;
    while (*link != this) {
        CHECK(*link != nullptr, "who waits is in the event's list");
        link = &(*link)->next_;
    }
    *link = next_;
    wake(false);
}

void Event::Waiter::wake(bool happened) {
    CHECK(waiting_, "a waiter is woken once");
    waiting_ = false;
    happened_ = happened;
    event_.shard_.make_ready(awaiting_);
}

void Sleep::await_suspend(std::coroutine_handle<> awaiting) {
    awaiting_ = awaiting;
    shard_.timers().start(*this, shard_.now() + duration_);
    join(scope_);
}

bool Sleep::await_resume() {
    leave();
    CHECK(!awaiting_ && !running(), "resumed while it sleeps");
    return elapsed_;
}

void Sleep::wake(bool elapsed) {
    if (!awaiting_) return;
    stop();
    elapsed_ = elapsed;
    shard_.make_ready(std::exchange(awaiting_, nullptr));
}

}  // namespace sluice::io
