#include "resource/authentication.h"

#include "base/result.h"
#include "resource/bearer.h"
#include "resource/refusal.h"

namespace sluice::resource {

io::Task<std::expected<void, Answered>> authenticate(Visit& visit) {
    const auto bearer = find_bearer(visit.request());  // RFC 6750 §2.1
    if (!bearer) {
        co_return failure(bearer.error() == BearerFault::missing
                              ? refuse_without_token(visit)
                              : refuse_malformed_credentials(visit));
    }
    const Protected& resource = visit.resource;
    token::TokenInfo& info = visit.room;
    const auto known = co_await resource.verifier().verify(*bearer, visit.request().peer(),
                                                           &visit.exchange.scope(), info);
    if (!known) co_return failure(refuse_token(visit, known.error()));
    const auto good = check_claims(info, resource.settings().identifier, resource.settings().issuer,
                                   numeric_date(visit.exchange.shard().wall_now()));
    if (!good) co_return failure(refuse_token(visit, good.error()));
    std::swap(visit.caller, info);
    const token::ScopeSet& required = resource.policy().required();
    if (!visit.caller.scope.includes(required)) {
        co_return failure(refuse_scope(visit, required, nullptr, ""));
    }
    co_return std::expected<void, Answered>();
}

}  // namespace sluice::resource
