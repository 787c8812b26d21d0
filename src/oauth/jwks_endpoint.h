// GET /.well-known/jwks.json (RFC 7517 §5, RFC 8414 §2): the keys that verify JWT access tokens.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// See EndpointHandler. An empty set where no JWTs are issued.
io::Task<void> serve_jwks(ShardState& state, const http::Request& request,
                          http::Response& response);

}  // namespace sluice::oauth
