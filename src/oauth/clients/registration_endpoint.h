// Dynamic client registration (RFC 7591 §3): POST /register.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_register(ShardState& state, const http::Request& request,
                              http::Response& response);

}  // namespace sluice::oauth
