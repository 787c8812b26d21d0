#include "resource/gateway/authentication.h"

#include "base/check.h"
#include "base/result.h"
#include "resource/gateway/refusal.h"
#include "resource/tokens/bearer.h"

namespace sluice::resource {
namespace {

Answered refuse_stranger(RequestContext& context, const TokenError& error) {
    const TokenFault fault = error.fault;
    if (fault == TokenFault::unavailable) return refuse_token(context, error);
    const std::string_view peer = context.request().peer();
    const auto verdict = context.invalid_tokens.count(peer, context.exchange.shard().now());
    const bool slowed = verdict.wait > Seconds{0};
    context.observer.on_unauthenticated(
        {.resource = context.resource.index(),
         .outcome = slowed ? UnauthenticatedOutcome::slowed : UnauthenticatedOutcome::refused_token,
         .address = verdict.begins ? peer : std::string_view(),
         .request_id = context.request().id()});
    return slowed ? refuse_rate_limited(context, error, verdict.wait)
                  : refuse_token(context, error);
}

Answered refuse_nobody(RequestContext& context) {
    context.observer.on_unauthenticated({.resource = context.resource.index(),
                                         .outcome = UnauthenticatedOutcome::no_token,
                                         .address = {},
                                         .request_id = context.request().id()});
    return refuse_without_token(context);
}

}  // namespace

io::Task<std::expected<void, Answered>> authenticate(RequestContext& context) {
    const auto bearer = find_bearer(context.request());  // RFC 6750 §2.1
    if (!bearer) {
        co_return failure(bearer.error() == BearerFault::missing
                              ? refuse_nobody(context)
                              : refuse_malformed_credentials(context));
    }
    const ProtectedResource& resource = context.resource;
    token::TokenInfo& info = context.room;
    const auto known = co_await resource.verifier().verify(*bearer, context.request().peer(),
                                                           &context.exchange.scope(), info);
    if (!known) co_return failure(refuse_stranger(context, known.error()));
    const auto good = check_claims(info, resource.settings().identifier, resource.settings().issuer,
                                   numeric_date(context.exchange.shard().wall_now()));
    if (!good) co_return failure(refuse_stranger(context, good.error()));
    CHECK(!context.key, "nobody is counted before it is known who calls");
    std::swap(context.caller, info);
    const token::ScopeSet& required = resource.policy().required();
    if (!context.caller.scope.includes(required)) {
        co_return failure(refuse_scope(context, required, nullptr, ""));
    }
    if (resource.policy().is_about_person()) {
        co_await resource.verifier().describe_person(context.caller);
    }
    co_return std::expected<void, Answered>();
}

}  // namespace sluice::resource
