// Token authentication: the first steps of every request but a preflight, whose token it is, and
// whether it opens the door.
#pragma once

#include <expected>

#include "io/task.h"
#include "resource/gateway/request_context.h"

namespace sluice::resource {

/// Fills context.caller from a token that is active, meant for this resource, and has the scopes
/// that every request needs; or answers 400, 401, 403 or 503.
io::Task<std::expected<void, Answered>> authenticate(RequestContext& context);

}  // namespace sluice::resource
