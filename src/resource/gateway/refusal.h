// Error responses of the gateway: the status, the challenge and the JSON-RPC error that a client
// gets instead of what it asked for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/client_error.h"
#include "resource/gateway/request_context.h"
#include "resource/mcp/json_rpc.h"
#include "resource/tokens/verifier.h"

namespace sluice::resource {

// Each fills the response and tells the observer. `body` is the posted one, for the ids of its
// requests; null where there is none or it was not read yet.

/// 403: a page of a foreign origin.
Answered refuse_origin(RequestContext& context);
/// 405 with Allow.
Answered refuse_method(RequestContext& context, std::string_view allow);
/// 401 without `error`: no credentials came (RFC 6750 §3).
Answered refuse_without_token(RequestContext& context);
/// 400: an Authorization field that cannot be meant.
Answered refuse_malformed_credentials(RequestContext& context);
/// 401 invalid_token, or 503 where nobody could say whether the token is good.
Answered refuse_token(RequestContext& context, const TokenError& error);
/// 429: the same as 401, but after too many from one address; the log is not told of each. Says
/// all the same how to get a good token: among those behind an address may be somebody honest.
Answered refuse_rate_limited(RequestContext& context, const TokenError& error, Seconds wait);
/// 403 insufficient_scope, with a challenge for everything that is granted or needed.
Answered refuse_scope(RequestContext& context, const token::ScopeSet& needed,
                      const PostedBody* body, std::string_view tool);
/// 403 access_denied: the rules do not allow it, whatever the scopes.
Answered refuse_access(RequestContext& context, const PostedBody* body, std::string_view tool);
/// 415: not JSON as it is.
Answered refuse_media_type(RequestContext& context);
/// 400, 408, 413 or 503: the body cannot be read to its end.
Answered refuse_body(RequestContext& context, const http::ParseError& error);
/// 400: no JSON-RPC, or headers that disagree with it.
Answered refuse_message(RequestContext& context, const RpcError& error);
/// 404: no session of this caller; it has to begin a new one (MCP 2025-11-25).
Answered refuse_session(RequestContext& context, const PostedBody* body);
/// 200 with the error that MCP gives for a task that is not known: a 404 would end the session.
Answered refuse_task(RequestContext& context, const PostedBody& body);
/// 503: sessions and tasks cannot be told apart yet.
Answered refuse_all_sessions(RequestContext& context, const PostedBody* body);
/// 429: the caller has as many event streams open as it may.
Answered refuse_stream(RequestContext& context, const PostedBody* body);
/// The upstream's own 4xx, whose JSON cannot be read.
Answered refuse_unreadable(RequestContext& context, http::Status status, const PostedBody* body);
/// The upstream's own 503 or 429, which told when to come again (Retry-After), without a body that
/// the client could read.
Answered refuse_busy(RequestContext& context, http::Status status, std::string_view told,
                     const PostedBody* body);
/// Errors for those of `ids` (of requests, as JSON) whose answers will not come, for a response
/// that has begun. detail  Why, for the log: static text.
std::vector<std::string> errors_of_lost(RequestContext& context,
                                        std::span<const std::string_view> ids,
                                        std::string_view detail);
/// Tells the log that a message of the MCP server could not be passed on. detail  Why: static text.
void note_lost(RequestContext& context, std::string_view detail);
/// 502, 503 or 504: the MCP server could not be reached or did not answer properly.
Answered refuse_upstream(RequestContext& context, const http::ClientError& error,
                         const PostedBody* body);

}  // namespace sluice::resource
