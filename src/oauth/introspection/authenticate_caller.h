// Authentication of introspection callers (RFC 7662 §2.1): client credentials or API key.
#pragma once

#include <string_view>

#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/clients/caller_cache.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

/// A confidential client, by any method, or the holder of an API key, by Authorization: Bearer.
/// Remembers who proved it by the field.
/// Errors: invalid_client, invalid_token, invalid_request, rate_limited.
io::Task<Result<Caller>> authenticate_caller(ShardState& state, const http::Request& request,
                                             const http::Form& form);

}  // namespace sluice::oauth
