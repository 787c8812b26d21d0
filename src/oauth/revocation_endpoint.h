// Token revocation (RFC 7009): POST /revoke.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_revoke(ShardState& state, const http::Request& request,
                            http::Response& response);

}  // namespace sluice::oauth
