// Token endpoint (RFC 6749 §3.2): POST /token.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_token(ShardState& state, const http::Request& request,
                           http::Response& response);

}  // namespace sluice::oauth
