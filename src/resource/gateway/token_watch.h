// Revocation check of long-lived streams: whether the token that opened one is still good.
#pragma once

#include "io/event.h"
#include "io/task_group.h"
#include "resource/gateway/request_context.h"

namespace sluice::resource {

/// Cancels the stream's scope once the token expires and, where tokens are this process's own,
/// within a minute of its revocation. Used once.
class TokenWatch {
public:
    TokenWatch(RequestContext& context, io::CancelScope& stream)
        : context_(context), stream_(stream) {}

    void start() { group_.spawn(run()); }
    /// After every start(), before the watch is dropped.
    io::Task<void> stop();

private:
    io::Task<void> run();
    io::Task<bool> is_good();

    RequestContext& context_;
    io::CancelScope& stream_;
    io::CancelScope own_;
    io::TaskGroup group_;
};

}  // namespace sluice::resource
