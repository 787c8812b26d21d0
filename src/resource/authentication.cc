#include "resource/authentication.h"

#include "base/result.h"
#include "resource/bearer.h"
#include "resource/refusal.h"

namespace sluice::resource {
namespace {

Answered refuse_stranger(Visit& visit, const TokenError& error) {
    const TokenFault fault = error.fault;
    if (fault == TokenFault::unavailable) return refuse_token(visit, error);
    const std::string_view peer = visit.request().peer();
    const auto verdict = visit.strangers.count(peer, visit.exchange.shard().now());
    const bool slowed = verdict.wait > Seconds{0};
    visit.observer.on_stranger(
        {.resource = visit.resource.index(),
         .outcome = slowed ? StrangerOutcome::slowed : StrangerOutcome::refused_token,
         .address = verdict.begins ? peer : std::string_view(),
         .request_id = visit.request().id()});
    return slowed ? refuse_flood(visit, error, verdict.wait) : refuse_token(visit, error);
}

Answered refuse_nobody(Visit& visit) {
    visit.observer.on_stranger({.resource = visit.resource.index(),
                                .outcome = StrangerOutcome::no_token,
                                .address = {},
                                .request_id = visit.request().id()});
    return refuse_without_token(visit);
}

}  // namespace

io::Task<std::expected<void, Answered>> authenticate(Visit& visit) {
    const auto bearer = find_bearer(visit.request());  // RFC 6750 §2.1
    if (!bearer) {
        co_return failure(bearer.error() == BearerFault::missing
                              ? refuse_nobody(visit)
                              : refuse_malformed_credentials(visit));
    }
    const Protected& resource = visit.resource;
    token::TokenInfo& info = visit.room;
    const auto known = co_await resource.verifier().verify(*bearer, visit.request().peer(),
                                                           &visit.exchange.scope(), info);
    if (!known) co_return failure(refuse_stranger(visit, known.error()));
    const auto good = check_claims(info, resource.settings().identifier, resource.settings().issuer,
                                   numeric_date(visit.exchange.shard().wall_now()));
    if (!good) co_return failure(refuse_stranger(visit, good.error()));
    std::swap(visit.caller, info);
    const token::ScopeSet& required = resource.policy().required();
    if (!visit.caller.scope.includes(required)) {
        co_return failure(refuse_scope(visit, required, nullptr, ""));
    }
    co_return std::expected<void, Answered>();
}

}  // namespace sluice::resource
