#include "io/tls_layer.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sluice::io {
namespace {

// So much plaintext is encrypted at once: between two of them the progress of a send is seen.
constexpr std::size_t slice_bytes = std::size_t{64} * 1024;

}  // namespace

TlsLayer::TlsLayer(Stream& stream, std::unique_ptr<crypto::TlsSession> session, TlsBuffers& buffers)
    : stream_(stream), session_(std::move(session)), buffers_(buffers) {
    session_->start();
    pump();
}

void TlsLayer::begin(Stream::Send& send) {
    CHECK(sender_ == nullptr, "two senders on one stream");
    sender_ = &send;
    pump();
}

// What was encrypted is the layer's own: it goes on being sent until close().
void TlsLayer::give_up(Stream::Send& send) {
    if (sender_ == &send) finish(send.scope_->reason());
}

void TlsLayer::end_sending() {
    if (std::exchange(ending_, true)) return;
    session_->end_writing();
    pump();
}

void TlsLayer::pump() {
    if (in_flight()) return;
    if (sender_ != nullptr) {
        if (const Error error = why_not(); error.code != 0) finish(error);
    }
    if (sender_ != nullptr && session_->established() && !sender_->bytes_.empty()) encrypt();
    if (!session_->output().empty() && broken_.code == 0) return send_output();
    if (sender_ != nullptr && sender_->bytes_.empty()) finish({});
    if (ending_ && !std::exchange(ended_, true)) {
        stream_.shard_.ring().shut_down_sending(stream_.fd_);
    }
}

Error TlsLayer::why_not() const {
    if (broken_.code != 0) return broken_;
    if (session_->failed()) return {EPROTO};
    if (stream_.ended_ && !session_->established()) return {ECONNRESET};
    return {};
}

void TlsLayer::encrypt() {
    if (session_->output().empty()) session_->output() = buffers_.take_output();
    const std::string_view slice = sender_->bytes_.substr(0, slice_bytes);
    sender_->bytes_.remove_prefix(slice.size());
    if (!session_->write(slice)) finish({EPROTO});
}

void TlsLayer::send_output() {
    CHECK(!in_flight() && rest_.empty(), "one send at a time: a record is not cut");
    sending_ = std::exchange(session_->output(), {});
    rest_ = sending_;
    stream_.shard_.ring().send(*this, stream_.fd_, rest_);
}

void TlsLayer::on_completion(Completion completion) {
    if (completion.result < 0) {
        broken_ = {-completion.result};
    } else {
        CHECK(static_cast<std::size_t>(completion.result) <= rest_.size());
        rest_.remove_prefix(static_cast<std::size_t>(completion.result));
        if (!rest_.empty() && !stream_.closer_) {
            return stream_.shard_.ring().send(*this, stream_.fd_, rest_);
        }
    }
    rest_ = {};
    buffers_.give_back(std::exchange(sending_, {}));
    if (stream_.closer_) return stream_.finish_closing();
    pump();
}

void TlsLayer::cancel() {
    if (in_flight()) stream_.shard_.ring().cancel(*this);
}

void TlsLayer::finish(Error error) {
    CHECK(sender_ != nullptr, "a send is finished once");
    Stream::Send& send = *std::exchange(sender_, nullptr);
    send.error_ = error;
    stream_.shard_.make_ready(send.awaiting_);
}

}  // namespace sluice::io
