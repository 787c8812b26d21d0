// Token issuance: turns an authorization into tokens, on the shard that owns its tag.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/pooled_text.h"
#include "http/message.h"
#include "storage/store.h"
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

/// How many tags are tried for a grant. One is taken once in 2^48 times the number of grants.
constexpr int tags_tried_max = 3;

struct Authorized {
    std::string_view client_id;
    std::string_view username;  // empty: the client acts for itself
    std::string_view scope;
    std::string_view resource;  // canonical; empty: none in particular
    bool with_refresh = false;
};

/// The first tokens of a grant of that tag. Nobody knows of them yet.
IssuedTokens make_tokens(ShardState& owner, token::GrantTag tag, const Authorized& authorized);

/// What is to be stored so that `issued` can be handed out now. Refers to both; they outlive it.
storage::NewTokens to_store(const ShardState& owner, token::GrantTag tag,
                            const storage::GrantClaims& claims, const IssuedTokens& issued);

/// 200 with the tokens of `client_id` as JSON; the access token in the format of its resource.
void write_tokens(const ShardState& state, std::string_view client_id, http::Response& response,
                  const IssuedTokens& tokens);

}  // namespace sluice::oauth
