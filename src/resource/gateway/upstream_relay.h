// Relay of one upstream answer to the client: filtered, merged with answers of our own, or
// streamed.
#pragma once

#include "io/cancel.h"
#include "io/task.h"
#include "resource/gateway/request_context.h"
#include "resource/gateway/upstream_call.h"
#include "resource/upstream/upstream.h"

namespace sluice::resource {

/// Answers the exchange in every case. `scope` ends the answer when it is cancelled.
io::Task<void> relay_answer(RequestContext& context, const UpstreamCall& call,
                            UpstreamResponse& answer, io::CancelScope& scope);

}  // namespace sluice::resource
