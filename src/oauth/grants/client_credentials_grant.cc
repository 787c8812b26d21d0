// grant_type=client_credentials: RFC 6749 §4.4.
#include "oauth/grants/client_credentials_grant.h"

#include "oauth/grants/resource_policy.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
io::Task<TokenResult> grant_client_credentials(ShardState& state, const TokenRequest& request) {
    if (!request.client.confidential()) {
        co_return refuse(ErrorCode::unauthorized_client,
                         "The client_credentials grant requires a confidential client.");
    }
    CO_TRY(const token::ScopeSet scope,
           scope_to_grant(parameter(request.form, "scope"), state.settings, request.client));
    CO_TRY(const auto asked, asked_resource(request.form));
    CO_TRY(const PooledText resource, resource_to_grant(asked, state.settings));
    const storage::GrantClaims claims{.client_id = request.client.client_id,
                                      .username = {},
                                      .scope = scope.text(),
                                      .resource = resource};
    for (int attempt = 0; attempt < tags_tried_max; ++attempt) {
        const token::GrantTag tag = new_tag(state);
        IssuedTokens tokens = make_tokens(state, tag,
                                          {.client_id = claims.client_id,
                                           .username = {},
                                           .scope = claims.scope,
                                           .resource = claims.resource,
                                           .with_refresh = false});  // RFC 6749 §4.4.3
        const storage::NewTokens added = to_store(state, tag, claims, tokens);
        CO_TRY(const auto outcome, stored(co_await state.tokens.add_grant(added)));
        if (outcome == storage::Outcome::done) co_return tokens;
    }
    co_return refuse(ErrorCode::server_error, "The grant could not be created.");
}

}  // namespace sluice::oauth
