// Device authorization endpoint (RFC 8628 §3.1): POST /device_authorization.
#pragma once

#include "http/message.h"
#include "io/task.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_device_authorization(ShardState& state, const http::Request& request,
                                          http::Response& response);

}  // namespace sluice::oauth
