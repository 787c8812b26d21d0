// Authorization endpoint (RFC 6749 §3.1): GET and POST /authorize.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_authorize(ShardState& state, const http::Request& request,
                               http::Response& response);

}  // namespace sluice::oauth
