#include "resource/gateway/refusal.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/check.h"
#include "resource/mcp/json_rpc_error.h"
#include "resource/metadata/denial.h"

namespace sluice::resource {
namespace {

constexpr std::uint32_t upstream_retry_seconds = 5;
constexpr std::uint32_t stream_retry_seconds = 10;
constexpr std::uint32_t body_retry_seconds = 1;
constexpr std::uint32_t storage_retry_seconds = 2;

struct Refusal {
    http::Status status;
    RpcCode code;
    std::string_view error;
    std::string_view message;
    std::string_view id{};  // where there is no body
    const PostedBody* body = nullptr;
    std::string_view tool{};
    std::string_view challenge{};
    std::uint32_t retry_after = 0;  // seconds
    std::string_view detail{};      // for the log alone
};

void answer(RequestContext& context, const Refusal& refusal) {
    CHECK(!refusal.error.empty());
    CHECK(refusal.status != http::Status::unauthorized || !refusal.challenge.empty(),
          "RFC 9110 §11.6.1");
    http::Response& response = context.response();
    response.set_status(refusal.status);
    response.body().clear();
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "no-store");
    if (!refusal.challenge.empty()) response.add_field("WWW-Authenticate", refusal.challenge);
    if (refusal.retry_after != 0) {
        response.add_field("Retry-After", fmt::format("{}", refusal.retry_after));
    }
    const RpcFailure failure{.code = refusal.code,
                             .message = refusal.message,
                             .error = refusal.error,
                             .request_id = context.request().id(),
                             .challenge = refusal.challenge,
                             .retry_after = refusal.retry_after};
    if (refusal.body != nullptr) {
        append_rpc_errors(response.body(), *refusal.body, failure);
    } else {
        append_rpc_error(response.body(), refusal.id, failure);
    }
}

Answered refuse(RequestContext& context, const Refusal& refusal) {
    answer(context, refusal);
    context.observer.on_refusal({.resource = context.resource.settings().path,
                                 .client_id = context.caller.client_id,
                                 .tool_name = refusal.tool,
                                 .code = refusal.error,
                                 .detail = refusal.detail,
                                 .status = http::code(refusal.status),
                                 .request_id = context.request().id()});
    return {};
}

Answered refuse(RequestContext& context, const Denial& denial, RpcCode code,
                const PostedBody* body = nullptr, std::string_view tool = {}) {
    return refuse(context, {.status = denial.status,
                            .code = code,
                            .error = denial.code,
                            .message = denial.message,
                            .body = body,
                            .tool = tool,
                            .challenge = denial.challenge,
                            .retry_after = static_cast<std::uint32_t>(denial.retry_after.count()),
                            .detail = denial.detail});
}

}  // namespace

Answered refuse_origin(RequestContext& context) {
    return refuse(context, {.status = http::Status::forbidden,
                            .code = RpcCode::invalid_request,
                            .error = "invalid_origin",
                            .message = "This origin is not allowed"});
}

Answered refuse_method(RequestContext& context, std::string_view allow) {
    context.response().add_field("Allow", allow);
    return refuse(context, {.status = http::Status::method_not_allowed,
                            .code = RpcCode::invalid_request,
                            .error = "invalid_request",
                            .message = "This method is not allowed"});
}

Answered refuse_without_token(RequestContext& context) {
    return refuse(context, denial_without_token(context.resource), RpcCode::unauthorized);
}

Answered refuse_malformed_credentials(RequestContext& context) {
    return refuse(context, denial_of_malformed_credentials(context.resource),
                  RpcCode::invalid_request);
}

Answered refuse_token(RequestContext& context, const TokenError& error) {
    const bool unknown = error.fault == TokenFault::unavailable;
    return refuse(context, denial_of_token(context.resource, error),
                  unknown ? RpcCode::verifier_failed : RpcCode::unauthorized);
}

Answered refuse_rate_limited(RequestContext& context, const TokenError& error, Seconds wait) {
    CHECK(wait > Seconds::zero(), "who is held back is told for how long");
    const Denial denial = denial_of_token(context.resource, error);
    answer(context, {.status = http::Status::too_many_requests,
                     .code = RpcCode::too_many_tokens,
                     .error = "too_many_tokens",
                     .message = "Too many invalid access tokens from this address",
                     .challenge = denial.challenge,
                     .retry_after = static_cast<std::uint32_t>(wait.count())});
    return {};
}

Answered refuse_scope(RequestContext& context, const token::ScopeSet& needed,
                      const PostedBody* body, std::string_view tool) {
    const Denial denial = denial_of_scope(context.resource, context.caller.scope, needed, tool);
    return refuse(context, denial, RpcCode::insufficient_scope, body, tool);
}

Answered refuse_access(RequestContext& context, const PostedBody* body, std::string_view tool) {
    return refuse(context, denial_of_access(tool), RpcCode::access_denied, body, tool);
}

Answered refuse_media_type(RequestContext& context) {
    return refuse(context,
                  {.status = http::Status::unsupported_media_type,
                   .code = RpcCode::invalid_request,
                   .error = "unsupported_media_type",
                   .message = "The body must be application/json, without a content coding"});
}

Answered refuse_body(RequestContext& context, const http::ParseError& error) {
    const bool busy = error.status == http::Status::service_unavailable;
    return refuse(context, {.status = error.status,
                            .code = RpcCode::invalid_request,
                            .error = busy ? "temporarily_unavailable" : "invalid_request",
                            .message = error.description,
                            .retry_after = busy ? body_retry_seconds : 0});
}

Answered refuse_message(RequestContext& context, const RpcError& error) {
    return refuse(context, {.status = http::Status::bad_request,
                            .code = error.code,
                            .error = error.code == RpcCode::header_mismatch ? "header_mismatch"
                                                                            : "invalid_request",
                            .message = error.message,
                            .id = error.id});
}

Answered refuse_session(RequestContext& context, const PostedBody* body) {
    return refuse(context, {.status = http::Status::not_found,
                            .code = RpcCode::session_not_found,
                            .error = "session_not_found",
                            .message = "There is no such session: begin a new one",
                            .body = body});
}

Answered refuse_task(RequestContext& context, const PostedBody& body) {
    return refuse(context, {.status = http::Status::ok,
                            .code = RpcCode::invalid_params,
                            .error = "task_not_found",
                            .message = "There is no such task",
                            .body = &body});
}

Answered refuse_all_sessions(RequestContext& context, const PostedBody* body) {
    return refuse(context, {.status = http::Status::service_unavailable,
                            .code = RpcCode::verifier_failed,
                            .error = "temporarily_unavailable",
                            .message = "Sessions and tasks cannot be looked at for the moment",
                            .body = body,
                            .retry_after = storage_retry_seconds,
                            .detail = "the server's keys have not come out of the store"});
}

Answered refuse_stream(RequestContext& context, const PostedBody* body) {
    return refuse(context, {.status = http::Status::too_many_requests,
                            .code = RpcCode::too_many_streams,
                            .error = "too_many_streams",
                            .message = "Too many open event streams: close one first",
                            .body = body,
                            .retry_after = stream_retry_seconds});
}

Answered refuse_unreadable(RequestContext& context, http::Status status, const PostedBody* body) {
    return refuse(
        context,
        {.status = status,
         .code = RpcCode::upstream_failed,
         .error = "upstream_failed",
         .message = "The upstream MCP server refused the request, and its response cannot be read",
         .body = body});
}

Answered refuse_busy(RequestContext& context, http::Status status, std::string_view told,
                     const PostedBody* body) {
    const std::uint64_t seconds = parse_decimal(told).value_or(0);
    const bool counted = seconds > 0 && seconds <= UINT32_MAX;
    if (!counted) context.response().add_field("Retry-After", told);  // a date
    return refuse(context, {.status = status,
                            .code = RpcCode::upstream_failed,
                            .error = "upstream_overloaded",
                            .message = "The upstream MCP server is busy",
                            .body = body,
                            .retry_after = counted ? static_cast<std::uint32_t>(seconds) : 0});
}

std::vector<std::string> errors_of_lost(RequestContext& context,
                                        std::span<const std::string_view> ids,
                                        std::string_view detail) {
    std::vector<std::string> errors;
    const RpcFailure failure{.code = RpcCode::upstream_failed,
                             .message = "The response ended without the answer to this request",
                             .error = "upstream_failed",
                             .request_id = context.request().id()};
    for (const std::string_view id : ids) append_rpc_error(errors.emplace_back(), id, failure);
    if (!errors.empty()) note_lost(context, detail);
    return errors;
}

void note_lost(RequestContext& context, std::string_view detail) {
    context.observer.on_refusal({.resource = context.resource.settings().path,
                                 .client_id = context.caller.client_id,
                                 .tool_name = {},
                                 .code = "upstream_failed",
                                 .detail = detail,
                                 .status = http::code(context.response().status()),
                                 .request_id = context.request().id()});
}

Answered refuse_upstream(RequestContext& context, const http::ClientError& error,
                         const PostedBody* body) {
    using Kind = http::ClientError::Kind;
    if (error.kind == Kind::cancelled) return {};  // the client left: nobody reads this
    Refusal refusal{.status = http::Status::bad_gateway,
                    .code = RpcCode::upstream_failed,
                    .error = "upstream_failed",
                    .message = "The upstream MCP server sent an invalid response",
                    .body = body,
                    .detail = error.description};
    switch (error.kind) {
        case Kind::timed_out:
            refusal.status = http::Status::gateway_timeout;
            refusal.code = RpcCode::upstream_timed_out;
            refusal.error = "upstream_timed_out";
            refusal.message = "The upstream MCP server did not respond in time";
            break;
        case Kind::overloaded:
            refusal.status = http::Status::service_unavailable;
            refusal.error = "upstream_overloaded";
            refusal.message = "The upstream MCP server is busy";
            refusal.retry_after = 1;
            break;
        case Kind::unresolved:
        case Kind::refused:
            refusal.error = "upstream_unreachable";
            refusal.message = "The upstream MCP server is unreachable";
            refusal.retry_after = upstream_retry_seconds;
            break;
        case Kind::reset:
        case Kind::garbage:
        case Kind::too_large:
        case Kind::cancelled:
            break;
    }
    return refuse(context, refusal);
}

}  // namespace sluice::resource
