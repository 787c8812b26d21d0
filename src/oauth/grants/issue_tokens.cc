// Issuing tokens and writing them.
#include "oauth/grants/issue_tokens.h"

#include "base/check.h"
#include "base/json_writer.h"
#include "oauth/errors.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {

void add_access_token(ShardState& owner, storage::GrantHandle grant, std::string_view text,
                      std::string_view scope, std::string_view resource) {
    const storage::Grant* found = owner.grants.find(grant);
    CHECK(found != nullptr);
    const token::TokenInfo& granted = found->claims->info;
    storage::Claims& claims = owner.grants.claims().acquire(granted.client_id, granted.username,
                                                            scope, resource, owner.settings.issuer);
    owner.grants.add_access(crypto::sha256(text), grant, claims,
                            {.issued_at = numeric_date(owner.shard.wall_now()),
                             .lifetime = owner.settings.access_token_ttl,
                             .now = owner.now()});
}

void add_refresh_token(ShardState& owner, storage::GrantHandle grant, std::string_view text) {
    owner.grants.add_refresh(crypto::sha256(text), grant,
                             owner.now() + owner.settings.refresh_token_ttl);
}

StartedGrant start_grant(ShardState& owner, token::GrantTag tag, const Authorized& authorized) {
    Random& random = owner.shard.random();
    StartedGrant started{
        .grant = owner.grants.create(owner.grants.claims().acquire(
            authorized.client_id, authorized.username, authorized.scope, authorized.resource,
            owner.settings.issuer)),
        .tokens = {
            .access = token::TokenText::generate(token::TokenKind::access, tag, random),
            .refresh = std::nullopt,
            .expires_in_s = std::chrono::floor<Seconds>(owner.settings.access_token_ttl).count(),
            .scope = PooledText(authorized.scope),
            .username = PooledText(authorized.username),
            .resource = PooledText(authorized.resource),
        }};
    add_access_token(owner, started.grant, started.tokens.access.text(), authorized.scope,
                     authorized.resource);
    if (authorized.with_refresh) {
        started.tokens.refresh = token::TokenText::generate(token::TokenKind::refresh, tag, random);
        add_refresh_token(owner, started.grant, started.tokens.refresh->text());
    }
    return started;
}

void write_tokens(http::Response& response, const IssuedTokens& tokens) {
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/json");
    forbid_storing(response);
    response.body().clear();
    JsonWriter json(response.body());
    json.begin_object()
        .member("access_token", tokens.access.text())
        .member("token_type", "Bearer")
        .member("expires_in", tokens.expires_in_s);
    if (tokens.refresh) json.member("refresh_token", tokens.refresh->text());
    json.member("scope", std::string_view(tokens.scope)).end_object();
}

}  // namespace sluice::oauth
