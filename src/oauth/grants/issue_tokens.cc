// Issuing tokens and writing them.
#include "oauth/grants/issue_tokens.h"

#include "base/check.h"
#include "base/json_writer.h"
#include "oauth/errors.h"
#include "oauth/grants/successor.h"
#include "oauth/jwt_access_token.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {

IssuedTokens make_tokens(ShardState& owner, token::GrantTag tag, const Authorized& authorized) {
    CHECK(owner.owner_of(tag) == owner.here(), "a token is made on the shard of its tag");
    CHECK(owner.settings.access_token_ttl >= Seconds{1}, "a token that is never valid");
    Random& random = owner.shard.random();
    IssuedTokens tokens{
        .access = token::TokenText::generate(token::TokenKind::access, tag, random),
        .refresh = std::nullopt,
        .expires_in_s = std::chrono::floor<Seconds>(owner.settings.access_token_ttl).count(),
        .scope = PooledText(authorized.scope),
        .username = PooledText(authorized.username),
        .resource = PooledText(authorized.resource)};
    if (authorized.with_refresh) {
        tokens.refresh = first_refresh_token(tag, owner.keys, random);
    }
    return tokens;
}

storage::NewTokens to_store(const ShardState& owner, token::GrantTag tag,
                            const storage::GrantClaims& claims, const IssuedTokens& issued) {
    CHECK(token::parse_token(issued.access.text(), token::TokenKind::access) == tag);
    CHECK(!issued.refresh ||
          token::parse_token(issued.refresh->text(), token::TokenKind::refresh) == tag);
    const std::int64_t now = numeric_date(owner.shard.wall_now());
    const auto after = [now](Duration lifetime) {
        return now + std::chrono::floor<Seconds>(lifetime).count();
    };
    storage::NewTokens tokens{.tag = tag,
                              .claims = claims,
                              .access = {.digest = crypto::sha256(issued.access.text()),
                                         .text = issued.access.text(),
                                         .scope = issued.scope,
                                         .resource = issued.resource,
                                         .issued_at = now,
                                         .expires_at = after(owner.settings.access_token_ttl)},
                              .refresh = std::nullopt};
    if (issued.refresh) {
        tokens.refresh = {.digest = crypto::sha256(issued.refresh->text()),
                          .text = issued.refresh->text(),
                          .issued_at = now,
                          .expires_at = after(owner.settings.refresh_token_ttl)};
    }
    return tokens;
}

void write_tokens(const ShardState& state, std::string_view client_id, http::Response& response,
                  const IssuedTokens& tokens) {
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/json");
    forbid_storing(response);
    response.body().clear();
    JsonWriter json(response.body());
    json.begin_object().key("access_token");
    if (token_format_of(state.settings, tokens.resource) == AccessTokenFormat::jwt) {
        std::string jwt;
        append_jwt_access_token(jwt, state, client_id, tokens);
        json.value(std::string_view(jwt));
    } else {
        json.value(tokens.access.text());
    }
    json.member("token_type", "Bearer").member("expires_in", tokens.expires_in_s);
    if (tokens.refresh) json.member("refresh_token", tokens.refresh->text());
    json.member("scope", std::string_view(tokens.scope)).end_object();
}

}  // namespace sluice::oauth
