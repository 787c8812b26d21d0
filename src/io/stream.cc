#include "io/stream.h"

#include <poll.h>

#include "base/check.h"
#include "base/result.h"
#include "io/tls_layer.h"

namespace sluice::io {

Stream::Stream(Shard& shard, int fd) : shard_(shard), fd_(fd) {
    CHECK(fd >= 0);
}

Stream::~Stream() {
    CHECK(fd_ < 0, "a stream was dropped without close()");
}

bool Stream::Receive::await_ready() const {
    return stream_.has_unread() || stream_.ended_ || (scope_ != nullptr && scope_->cancelled());
}

void Stream::Receive::await_suspend(std::coroutine_handle<> awaiting) {
    CHECK(stream_.reader_ == nullptr, "two receivers on one stream");
    awaiting_ = awaiting;
    stream_.reader_ = this;
    stream_.begin_wait();
    stream_.arm_if_wanted();
    join(scope_);
}

Result<ReceivedBuffer> Stream::Receive::await_resume() {
    leave();
    if (stream_.has_unread()) {
        return stream_.tls_ ? stream_.take_plaintext() : stream_.take_backlog();
    }
    if (stream_.ended_) {
        if (const Error error = stream_.end_error(); error.code != 0) return failure(error);
        return ReceivedBuffer{};
    }
    CHECK(cancelled_.code != 0 || (scope_ != nullptr && scope_->cancelled()), "woken for nothing");
    return failure(cancelled_.code != 0 ? cancelled_ : scope_->reason());
}

void Stream::Receive::on_cancel() {
    if (stream_.reader_ != this) return;
    cancelled_ = scope_->reason();
    stream_.wake_reader();
}

void Stream::wake_reader() {
    CHECK(reader_ != nullptr);
    shard_.make_ready(std::exchange(reader_, nullptr)->awaiting_);
}

ReceivedBuffer Stream::take_backlog() {
    CHECK(backlog_read_ < backlog_.size());
    ReceivedBuffer next = std::move(backlog_[backlog_read_++]);
    if (backlog_read_ == backlog_.size()) {
        backlog_.clear();
        backlog_read_ = 0;
        if (backlog_.capacity() > backlog_max) backlog_.shrink_to_fit();
        leave();
    }
    return next;
}

void Stream::detach_buffers() {
    for (ReceivedBuffer& buffer : backlog_) buffer.detach();
}

void Stream::arm_if_wanted() {
    const bool wanted = reader_ != nullptr ||
                        (watcher_ != nullptr && backlog_.size() < backlog_max) ||
                        (tls_ && tls_->awaits_peer());
    if (!wanted || ended_ || closer_ || receiver_.in_flight()) return;
    shard_.ring().receive(receiver_, fd_);
}

void Stream::on_received(Completion completion) {
    if (closer_) {
        completion.buffer = {};
    } else if (completion.result > 0) {
        backlog_.push_back(std::move(completion.buffer));
        if (tls_) {
            decrypt();
        } else if (reader_ != nullptr) {
            wake_reader();
        } else {
            join(shard_.buffer_holders());
            pause_if_full();
        }
    } else if (completion.result == 0) {
        on_end({broken_ ? ECONNRESET : 0});
    } else if (completion.result == -ENOBUFS) {
        shard_.buffer_holders().detach_all();
    } else if (completion.result != -ECANCELED) {
        on_end({-completion.result});
    }
    if (receiver_.in_flight()) return;
    pausing_ = false;
    if (closer_) return finish_closing();
    arm_if_wanted();
}

void Stream::pause_if_full() {
    if (backlog_.size() < backlog_max || !receiver_.in_flight() || pausing_) return;
    pausing_ = true;
    shard_.ring().cancel(receiver_);
}

void Stream::on_end(Error error) {
    if (ended_) {  // TLS may have ended before its connection does
        if (error.code != 0 && watcher_ != nullptr) tell_watcher(error);
        return;
    }
    ended_ = true;
    end_error_ = error;
    if (tls_) {
        wake_handshaker();
        tls_->pump();
    }
    if (reader_ != nullptr) wake_reader();
    if (watcher_ == nullptr) return;
    tell_watcher(end_error());
    if (watcher_ != nullptr) watch_hang_up();  // nothing else would tell that it is gone
}

void Stream::tell_watcher(Error error) {
    if (error.code != 0) broken_ = true;
    PeerWatcher* const watcher = broken_ ? std::exchange(watcher_, nullptr) : watcher_;
    if (watcher != nullptr) watcher->on_peer_ended(error);
}

void Stream::begin_wait() {
    waiting_since_ = shard_.now();
    if (hang_up_.in_flight() || hang_up_.running() || broken_ || closer_) return;
    shard_.timers().start(hang_up_, waiting_since_ + short_wait);
}

// The timer stands where an earlier wait has put it.
void Stream::watch_hang_up_if_waiting() {
    if (reader_ == nullptr && watcher_ == nullptr) return;
    const MonotonicTime due = waiting_since_ + short_wait;
    if (shard_.now() < due) return shard_.timers().start(hang_up_, due);
    watch_hang_up();
}

void Stream::watch_hang_up() {
    if (hang_up_.in_flight() || broken_ || closer_) return;
    hang_up_.stop();
    shard_.ring().watch_hang_up(hang_up_, fd_);
}

void Stream::on_hang_up(int result) {
    if (closer_) {
        if (!hang_up_.in_flight()) finish_closing();
        return;
    }
    // Both directions may have ended in order, ours by ourselves.
    const bool hung_up = result >= 0 && (result & (POLLERR | POLLHUP)) != 0 && !sending_ended_;
    if (!hung_up && !hang_up_.in_flight()) return begin_wait();
    if (!hung_up || broken_) return;
    broken_ = true;
    if (ended_) return tell_watcher({ECONNRESET});
    // Receiving anew gives what has arrived, and then the kernel's own word for the end.
    if (receiver_.in_flight()) return shard_.ring().cancel(receiver_);
    arm_if_wanted();
    if (!receiver_.in_flight() && watcher_ != nullptr) on_end({ECONNRESET});
}

void Stream::watch(PeerWatcher* watcher) {
    CHECK(watcher_ == nullptr || watcher == nullptr || watcher_ == watcher, "two watchers");
    watcher_ = watcher;
    if (watcher == nullptr) return;
    if (ended_) {
        tell_watcher(end_error());
        return watch_hang_up();
    }
    begin_wait();
    arm_if_wanted();
}

void Stream::Send::await_suspend(std::coroutine_handle<> awaiting) {
    awaiting_ = awaiting;
    if (stream_.tls_) {
        stream_.tls_->begin(*this);
        stream_.arm_if_wanted();
    } else {
        CHECK(!stream_.sending_, "two senders on one stream");
        stream_.sending_ = true;
        stream_.shard_.ring().send(*this, stream_.fd_, bytes_);
    }
    join(scope_);
}

void Stream::Send::on_completion(Completion completion) {
    if (completion.result >= 0) {
        CHECK(static_cast<std::size_t>(completion.result) <= bytes_.size());
        bytes_.remove_prefix(static_cast<std::size_t>(completion.result));
        const bool given_up = scope_ != nullptr && scope_->cancelled();
        if (!bytes_.empty() && !given_up) {
            return stream_.shard_.ring().send(*this, stream_.fd_, bytes_);
        }
        if (!bytes_.empty()) error_ = scope_->reason();
    } else {
        error_ = {-completion.result};
        if (error_.cancelled() && scope_ != nullptr && scope_->cancelled())
            error_ = scope_->reason();
    }
    stream_.sending_ = false;
    stream_.shard_.make_ready(awaiting_);
}

void Stream::Send::on_cancel() {
    if (stream_.tls_) return stream_.tls_->give_up(*this);
    if (in_flight()) stream_.shard_.ring().cancel(*this);
}

Result<void> Stream::Send::await_resume() {
    leave();
    if (error_.code != 0) return failure(error_);
    return {};
}

Task<void> Stream::close() {
    CHECK(reader_ == nullptr, "closed while somebody receives");
    CHECK(!sending_, "closed while somebody sends");
    watcher_ = nullptr;
    hang_up_.stop();
    if (operations_in_flight()) {
        struct UntilOperationsEnd {
            Stream& stream;
            bool await_ready() const { return false; }
            void await_suspend(std::coroutine_handle<> awaiting) {
                stream.closer_ = awaiting;
                if (stream.receiver_.in_flight()) stream.shard_.ring().cancel(stream.receiver_);
                if (stream.hang_up_.in_flight()) stream.shard_.ring().cancel(stream.hang_up_);
                if (stream.tls_) stream.tls_->cancel();
            }
            void await_resume() const {}
        };
        co_await UntilOperationsEnd{*this};
    }
    backlog_.clear();
    backlog_read_ = 0;
    leave();
    CHECK(fd_ >= 0 && !operations_in_flight(), "a stream is closed once, at rest");
    shard_.ring().close(std::exchange(fd_, -1));
}

bool Stream::operations_in_flight() const {
    return receiver_.in_flight() || hang_up_.in_flight() || (tls_ && tls_->sending());
}

void Stream::finish_closing() {
    CHECK(closer_, "nobody closes");
    if (!operations_in_flight()) shard_.make_ready(std::exchange(closer_, nullptr));
}

bool Stream::has_unread() const {
    return tls_ ? tls_->session().has_plaintext() : !backlog_.empty();
}

void Stream::end_sending() {
    sending_ended_ = true;
    if (tls_) return tls_->end_sending();
    CHECK(!sending_, "ended while somebody sends");
    shard_.ring().shut_down_sending(fd_);
}

namespace {

class Connect final : Operation, Cancellable {
public:
    Connect(Shard& shard, int fd, const Address& address, CancelScope* scope)
        : shard_(shard), fd_(fd), address_(address), scope_(scope) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) {
        awaiting_ = awaiting;
        shard_.ring().connect(*this, fd_, address_);
        join(scope_);
    }
    Result<void> await_resume() {
        leave();
        if (result_ == -ECANCELED && scope_ != nullptr && scope_->cancelled()) {
            return failure(scope_->reason());
        }
        if (result_ < 0) return failure(Error{-result_});
        return {};
    }

private:
    void on_completion(Completion completion) override {
        result_ = completion.result;
        shard_.make_ready(awaiting_);
    }
    void on_cancel() override {
        if (in_flight()) shard_.ring().cancel(*this);
    }

    Shard& shard_;
    int fd_;
    const Address& address_;
    CancelScope* scope_;
    std::coroutine_handle<> awaiting_;
    int result_ = 0;
};

}  // namespace

Task<Result<std::unique_ptr<Stream>>> connect(Shard& shard, Address address, CancelScope* scope) {
    CO_TRY(const int fd, shard.ring().open_socket(address));
    const Result<void> connected = co_await Connect(shard, fd, address, scope);
    if (!connected) {
        shard.ring().close(fd);
        co_return failure(connected.error());
    }
    co_return std::make_unique<Stream>(shard, fd);
}

}  // namespace sluice::io
