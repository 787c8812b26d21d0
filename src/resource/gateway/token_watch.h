// Revocation check of long-lived streams: whether the token that opened one is still good.
#pragma once

#include "io/event.h"
#include "io/task_group.h"
#include "resource/gateway/request_context.h"

namespace sluice::resource {

/// Cancels the stream's scope once the token that opened it has expired, and within five seconds of
/// its revocation, whoever issued it. Used once.
class TokenWatch {
public:
    TokenWatch(RequestContext& context, io::CancelScope& stream)
        : context_(context), stream_(stream) {}

    void start() { group_.spawn(run()); }
    /// After start(), before the watch is dropped.
    io::Task<void> stop();
    /// The token is good no longer: what ended the stream.
    bool token_ended() const { return token_ended_; }

private:
    io::Task<void> run();
    io::Task<bool> is_good();

    RequestContext& context_;
    io::CancelScope& stream_;
    bool token_ended_ = false;
    io::CancelScope own_;
    io::TaskGroup group_;
};

}  // namespace sluice::resource
