// Turning an authorization into tokens, on the shard that owns its tag.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/pooled_text.h"
#include "http/message.h"
#include "storage/grant_store.h"
#include "token/token_text.h"

namespace sluice::oauth {

struct ShardState;

/// RFC 6749 §5.1, and what an event says of it.
struct IssuedTokens {
    token::TokenText access;
    std::optional<token::TokenText> refresh;
    std::int64_t expires_in_s = 0;
    PooledText scope;
    PooledText username;  // empty: no person
    PooledText resource;  // empty: none in particular
};

struct Authorized {
    std::string_view client_id;
    std::string_view username;  // empty: the client acts for itself
    std::string_view scope;
    std::string_view resource;  // canonical; empty: none in particular
    bool with_refresh = false;
};

struct StartedGrant {
    storage::GrantHandle grant;
    IssuedTokens tokens;
};

/// A new grant of that tag with its first tokens.
StartedGrant start_grant(ShardState& owner, token::GrantTag tag, const Authorized& authorized);

/// Notes `text` as an access token under a live grant, that says `scope` and `resource`.
void add_access_token(ShardState& owner, storage::GrantHandle grant, std::string_view text,
                      std::string_view scope, std::string_view resource);

/// Notes `text` as the grant's current refresh token.
void add_refresh_token(ShardState& owner, storage::GrantHandle grant, std::string_view text);

/// 200 with the tokens as JSON.
void write_tokens(http::Response& response, const IssuedTokens& tokens);

}  // namespace sluice::oauth
