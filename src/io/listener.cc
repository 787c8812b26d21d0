#include "io/listener.h"

#include "base/check.h"
#include "base/result.h"

namespace sluice::io {

Result<std::unique_ptr<Listener>> Listener::open(Shard& shard, const Address& address) {
    TRY(const int fd, shard.ring().open_listener(address));
    return std::make_unique<Listener>(shard, fd);
}

Listener::~Listener() {
    CHECK(!acceptor_.in_flight(), "a listener was dropped without close()");
    release();
}

void Listener::Accept::await_suspend(std::coroutine_handle<> awaiting) {
    CHECK(listener_.waiter_ == nullptr, "two coroutines accept from one listener");
    awaiting_ = awaiting;
    listener_.waiter_ = this;
    if (!listener_.acceptor_.in_flight()) {
        listener_.shard_.ring().accept(listener_.acceptor_, listener_.fd_);
    }
    join(scope_);
}

Result<int> Listener::Accept::await_resume() {
    leave();
    if (listener_.accepted_.empty()) {
        CHECK(scope_ != nullptr && scope_->cancelled(), "woken for nothing");
        return failure(scope_->reason());
    }
    const int result = listener_.accepted_.front();
    listener_.accepted_.erase(listener_.accepted_.begin());
    if (result < 0) return failure(Error{-result});
    return result;
}

void Listener::Accept::on_cancel() {
    if (listener_.waiter_ != this) return;
    listener_.waiter_ = nullptr;
    listener_.shard_.make_ready(awaiting_);
}

void Listener::on_accepted(int result) {
    const bool closing = static_cast<bool>(closer_);
    if (result != -ECANCELED) accepted_.push_back(result);
    if (waiter_ != nullptr && !accepted_.empty()) {
        shard_.make_ready(std::exchange(waiter_, nullptr)->awaiting_);
    }
    if (acceptor_.in_flight()) return;
    if (closing) return shard_.make_ready(std::exchange(closer_, nullptr));
    if (waiter_ != nullptr) shard_.ring().accept(acceptor_, fd_);
}

Task<void> Listener::stop() {
    CHECK(waiter_ == nullptr, "stopped while somebody accepts");
    file_.reset();
    if (acceptor_.in_flight()) {
        struct UntilAcceptorEnds {
            Listener& listener;
            bool await_ready() const { return false; }
            void await_suspend(std::coroutine_handle<> awaiting) {
                listener.closer_ = awaiting;
                listener.shard_.ring().cancel(listener.acceptor_);
            }
            void await_resume() const {}
        };
        co_await UntilAcceptorEnds{*this};
    }
    CHECK(!acceptor_.in_flight());
    if (fd_ < 0) co_return;
    for (const int fd : shard_.ring().close_listener(std::exchange(fd_, -1))) {
        accepted_.push_back(fd);
    }
}

std::optional<int> Listener::take() {
    while (!accepted_.empty()) {
        const int result = accepted_.front();
        accepted_.erase(accepted_.begin());
        if (result >= 0) return result;
    }
    return std::nullopt;
}

Task<void> Listener::close() {
    co_await stop();
    release();
}

void Listener::release() {
    while (const auto fd = take()) shard_.ring().close(*fd);
    if (fd_ >= 0) shard_.ring().close(std::exchange(fd_, -1));
}

}  // namespace sluice::io
