#include "resource/metadata/denial.h"

#include <fmt/format.h>

#include <iterator>

#include "base/check.h"
#include "resource/metadata/challenge.h"

namespace sluice::resource {
namespace {

std::string_view fault_text(TokenFault fault) {
    switch (fault) {
        case TokenFault::wrong_audience:
            return "The access token was issued for another resource";
        case TokenFault::wrong_issuer:
            return "The access token was issued by another authorization server";
        case TokenFault::inactive:
        case TokenFault::unavailable:
            break;
    }
    return "The access token is invalid, expired or revoked";
}

}  // namespace

Denial denial_without_token(const ProtectedResource& resource) {
    return {.status = http::Status::unauthorized,
            .code = "unauthorized",
            .message = "An access token is required",
            .challenge = PooledText(resource.entry_challenge())};
}

Denial denial_of_malformed_credentials(const ProtectedResource& resource) {
    constexpr std::string_view message =
        "Exactly one Authorization header with one bearer token is allowed";
    return {.status = http::Status::bad_request,
            .code = "invalid_request",
            .message = PooledText(message),
            .challenge = challenge_text({.error = "invalid_request",
                                         .error_description = message,
                                         .resource_metadata = resource.metadata_url()})};
}

Denial denial_of_token(const ProtectedResource& resource, const TokenError& error) {
    if (error.fault == TokenFault::unavailable) {
        CHECK(error.retry_after > Seconds::zero(), "an answer for later says when");
        return {.status = http::Status::service_unavailable,
                .code = "temporarily_unavailable",
                .message = "The access token cannot be verified at this time",
                .challenge = {},
                .retry_after = error.retry_after,
                .detail = error.detail};
    }
    const std::string_view message = fault_text(error.fault);
    return {.status = http::Status::unauthorized,
            .code = "invalid_token",
            .message = PooledText(message),
            .challenge = challenge_text({.error = "invalid_token",
                                         .error_description = message,
                                         .scope = &resource.entry_scope(),
                                         .resource_metadata = resource.metadata_url()}),
            .detail = error.detail};
}

Denial denial_of_scope(const ProtectedResource& resource, const token::ScopeSet& granted,
                       const token::ScopeSet& needed, std::string_view tool) {
    const token::ScopeSet asked = step_up_scope(granted, needed);
    const token::ScopeSet missing = needed.without(granted);
    CHECK(!missing.empty(), "nothing is lacking");
    PooledText message = "The access token lacks the scope";
    if (!tool.empty()) {
        fmt::format_to(std::back_inserter(message), " for the tool \"{}\"", tool);
    }
    message.append(": ").append(missing.text());
    return {.status = http::Status::forbidden,
            .code = "insufficient_scope",
            .message = std::move(message),
            .challenge = challenge_text(
                {.error = "insufficient_scope",
                 .error_description =
                     "The request requires higher privileges than provided by the access token",
                 .scope = &asked,
                 .resource_metadata = resource.metadata_url()})};
}

Denial denial_of_access(std::string_view tool) {
    PooledText message = "The access rules of this resource do not allow this request";
    if (!tool.empty()) {
        message = "The access rules of this resource do not allow this use of";
        fmt::format_to(std::back_inserter(message), " \"{}\"", tool);
    }
    return {.status = http::Status::forbidden,
            .code = "access_denied",
            .message = std::move(message),
            .challenge = {},
            .detail = "no scope would help: `sluice policy explain` tells which rule decided"};
}

}  // namespace sluice::resource
