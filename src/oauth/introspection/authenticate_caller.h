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

// The right to ask for decisions about a resource: who may introspect its tokens has it.

/// The rights that `authorization` has proved before: then admit_resource_server() need not be
/// asked. Null: none. No allocation. Valid until the shard suspends.
const token::ResourceRights* find_resource_server(ShardState& state,
                                                  std::string_view authorization);
/// The rights of whoever sends `request`, where it is a resource server: a confidential client that
/// may introspect tokens of others, or the holder of an API key, by `authorization`, what an
/// Authorization field would say. Rights over nothing where it is none: then `response` is the
/// answer. Both live until the task ends.
io::Task<token::ResourceRights> admit_resource_server(ShardState& state,
                                                      const http::Request& request,
                                                      std::string_view authorization,
                                                      http::Response& response);

}  // namespace sluice::oauth
