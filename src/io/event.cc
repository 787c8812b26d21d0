#include "io/event.h"

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
    waiting_ = true;
    next_ = event_.waiters_;
    event_.waiters_ = this;
    join(scope_);
}

bool Event::Waiter::await_resume() {
    leave();
    return happened_;
}

void Event::Waiter::on_cancel() {
    if (!waiting_) return;
    Waiter** link = &event_.waiters_;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
    wake(false);
}

void Event::Waiter::wake(bool happened) {
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
    return elapsed_;
}

void Sleep::wake(bool elapsed) {
    if (!awaiting_) return;
    stop();
    elapsed_ = elapsed;
    shard_.make_ready(std::exchange(awaiting_, nullptr));
}

}  // namespace sluice::io
