// Pushed authorization request endpoint (RFC 9126): POST /par.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_pushed_request(ShardState& state, const http::Request& request,
                                    http::Response& response);

}  // namespace sluice::oauth
