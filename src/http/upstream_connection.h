// Upstream connection (keep-alive): a request goes out, its answer comes in, between two it idles.
#pragma once

#include <memory>
#include <string>

#include "http/client_error.h"
#include "http/outgoing_request.h"
#include "http/response_parser.h"
#include "io/cancel.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/timer.h"

namespace sluice::http {

class UpstreamConnection;

/// Told when an idle connection is of no more use. Not the moment to destroy it: it is being told
/// from inside its stream.
class IdleOwner {
public:
    virtual ~IdleOwner() = default;
    virtual void on_idle_ended(UpstreamConnection& connection) = 0;
};

class UpstreamConnection final : io::PeerWatcher, io::Timer {
public:
    UpstreamConnection(std::unique_ptr<io::Stream> stream, const MessageLimits& limits)
        : stream_(std::move(stream)), parser_(limits) {}

    /// Sends `request` and reads the head of the answer.
    io::Task<ClientResult<>> exchange(const OutgoingRequest& request, std::string_view host,
                                      io::CancelScope* scope);
    /// The next piece of the body; empty once it is complete. Valid until the next call.
    io::Task<ClientResult<std::string_view>> next_chunk(io::CancelScope* scope);

    const ResponseHead& head() const { return parser_.head(); }
    bool received_anything() const { return parser_.received_anything(); }
    /// The answer is complete and the next request may follow.
    bool reusable() const {
        return parser_.reusable() && !stream_->peer_ended() && !stream_->has_unread();
    }

    /// Watches the peer, and tells `owner` when it leaves or speaks unasked, or `idle_max` has
    /// passed.
    void begin_idle(IdleOwner& owner, Duration idle_max);
    void end_idle();

    /// In the midst of an answer this breaks the connection, so that the upstream gives it up.
    io::Task<void> close() {
        if (asked_ && !parser_.body_complete()) stream_->reset_on_close();
        return stream_->close();
    }

private:
    io::Task<ClientResult<>> receive(io::CancelScope* scope);
    void on_peer_ended(io::Error error) override;
    void on_timer() override;

    std::unique_ptr<io::Stream> stream_;
    ResponseParser parser_;
    std::string output_;
    bool asked_ = false;
    IdleOwner* owner_ = nullptr;
};

}  // namespace sluice::http
