// Authentication of introspection callers (RFC 7662 §2.1): client credentials or API key.
#pragma once

#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/errors.h"
#include "oauth/introspection/caller_cache.h"

namespace sluice::oauth {

struct ShardState;

/// The caller that this very Authorization field has proved before, where the request holds nothing
/// else that speaks of a client; null otherwise. No allocation. Valid until the shard suspends.
const Caller* find_remembered_caller(ShardState& state, const http::Request& request,
                                     const http::Form& form);

/// A confidential client, by any method, or the holder of an API key, by Authorization: Bearer.
/// Remembers who proved it by the field.
/// Errors: invalid_client, invalid_token, invalid_request, rate_limited.
io::Task<Result<Caller>> authenticate_caller(ShardState& state, const http::Request& request,
                                             const http::Form& form);

}  // namespace sluice::oauth
