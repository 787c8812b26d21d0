// The part of a Stream that only streams with TLS use: decrypting, and the handshake.
#include "base/check.h"
#include "base/result.h"
#include "io/stream.h"
#include "io/tls_layer.h"

namespace sluice::io {

void Stream::start_tls(std::unique_ptr<crypto::TlsSession> session, TlsBuffers& buffers) {
    CHECK(!tls_ && !ended_ && backlog_.empty() && !receiver_.in_flight(), "TLS starts first");
    tls_ = std::make_unique<TlsLayer>(*this, std::move(session), buffers);
}

const crypto::TlsSession* Stream::tls() const {
    return tls_ ? &tls_->session() : nullptr;
}

void Stream::leave_tls() {
    CHECK(tls_ && !tls_->sending() && tls_->session().looks_like_http());
    tls_.reset();
    ended_ = false;
}

// Takes in ciphertext until there is plaintext to be read.
void Stream::decrypt() {
    crypto::TlsSession& session = tls_->session();
    while (!session.has_plaintext() && !tls_->over() && !backlog_.empty()) {
        const std::string_view bytes = backlog_[backlog_read_].bytes();
        tls_->consumed_ += session.feed(bytes.substr(tls_->consumed_));
        CHECK(tls_->consumed_ <= bytes.size());
        if (tls_->consumed_ < bytes.size()) continue;
        tls_->consumed_ = 0;
        take_backlog();
    }
    tls_->pump();
    on_decrypted();
}

void Stream::on_decrypted() {
    if (tls_->session().established()) wake_handshaker();
    if (tls_->over()) {
        backlog_.clear();
        backlog_read_ = 0;
        leave();
        on_end({});
    } else if (has_unread() && reader_ != nullptr) {
        wake_reader();
    } else if (!backlog_.empty()) {
        join(shard_.buffer_holders());
        pause_if_full();
    }
}

ReceivedBuffer Stream::take_plaintext() {
    const TlsBuffers::Block block = tls_->buffers().take_block();
    std::size_t used = 0;
    while (used < block.memory.size() && has_unread()) {
        used += tls_->session().read(block.memory.subspan(used));
        if (!has_unread() && !backlog_.empty()) decrypt();
    }
    CHECK(used > 0, "taken where nothing is unread");
    return tls_->buffers().lend(block, used);
}

// Only an end that the peer announced is one: the rest may have been cut off.
Error Stream::end_error() const {
    if (!tls_) return end_error_;
    if (tls_->session().failed()) return {EPROTO};
    if (tls_->session().ended_by_peer()) return {};
    if (end_error_.code != 0 || has_unread()) return end_error_;
    return {ECONNRESET};
}

void Stream::wake_handshaker() {
    if (tls_->handshaker_ == nullptr) return;
    shard_.make_ready(std::exchange(tls_->handshaker_, nullptr)->awaiting_);
}

bool Stream::Handshake::await_ready() const {
    CHECK(stream_.tls_ != nullptr, "a handshake without TLS");
    return stream_.tls_->session().established() || stream_.ended_ ||
           (scope_ != nullptr && scope_->cancelled());
}

void Stream::Handshake::await_suspend(std::coroutine_handle<> awaiting) {
    CHECK(stream_.tls_->handshaker_ == nullptr, "two coroutines await one handshake");
    awaiting_ = awaiting;
    stream_.tls_->handshaker_ = this;
    stream_.arm_if_wanted();
    join(scope_);
}

Result<void> Stream::Handshake::await_resume() {
    leave();
    if (stream_.tls_->session().established()) return {};
    if (stream_.tls_->session().failed()) return failure(Error{EPROTO});
    if (scope_ != nullptr && scope_->cancelled()) return failure(scope_->reason());
    return failure(stream_.end_error());
}

void Stream::Handshake::on_cancel() {
    if (stream_.tls_->handshaker_ == this) stream_.wake_handshaker();
}

}  // namespace sluice::io
