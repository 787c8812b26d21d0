// Verification of a user code (RFC 8628 §3.3): GET and POST /device, where a person types the code
// of a device, signs in, and decides.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_verification(ShardState& state, const http::Request& request,
                                  http::Response& response);

}  // namespace sluice::oauth
