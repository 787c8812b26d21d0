// Request pipeline of a protected resource, step by step.
#pragma once

#include "io/task.h"
#include "resource/gateway/origin.h"
#include "resource/gateway/request_context.h"

namespace sluice::resource {

/// Answers the request of `context`, whatever it is.
io::Task<void> serve(RequestContext& context, const OriginRule& origins);

}  // namespace sluice::resource
