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

// The right to ask for decisions: who may introspect every token has it.

/// Whether `authorization` has proved this before: then admit_resource_server() need not be asked.
/// No allocation.
bool knows_resource_server(ShardState& state, std::string_view authorization);
/// Whether `request` comes from a resource server: a confidential client that may introspect every
/// token, or the holder of an API key, by `authorization`, what an Authorization field would say.
/// Otherwise `response` is the answer. Both live until the task ends.
io::Task<bool> admit_resource_server(ShardState& state, const http::Request& request,
                                     std::string_view authorization, http::Response& response);

}  // namespace sluice::oauth
