// grant_type=client_credentials: RFC 6749 §4.4.
#include "oauth/grants/resource_policy.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/grants/token_request.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {

io::Task<TokenResult> grant_client_credentials(ShardState& state, const TokenRequest& request) {
    if (!request.client.confidential()) {
        co_return refuse(ErrorCode::unauthorized_client,
                         "Only a client with a secret may use this grant (RFC 6749, 4.4).");
    }
    CO_TRY(const token::ScopeSet scope,
           scope_to_grant(parameter(request.form, "scope"), state.settings, request.client));
    CO_TRY(const auto asked, asked_resource(request.form));
    CO_TRY(const PooledText resource, resource_to_grant(asked, state.settings));
    co_return start_grant(state, new_tag(state),
                          {.client_id = request.client.client_id,
                           .username = {},
                           .scope = scope.text(),
                           .resource = resource,
                           .with_refresh = false})  // RFC 6749 §4.4.3
        .tokens;
}

}  // namespace sluice::oauth
