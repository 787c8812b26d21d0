// Refresh token rotation (RFC 9700 §4.14.2), idempotent: the successor is derived from the token.
#pragma once

#include <string_view>

#include "oauth/keys.h"
#include "token/token_text.h"

namespace sluice::oauth {

/// The refresh token that replaces `presented`: the same whenever it is asked for, so that a client
/// that repeats a rotation gets the same successor although no token is stored. HMAC-SHA256 under a
/// key of the process: neither the table's digests nor the presented token alone give it away.
token::TokenText successor_of(std::string_view presented, token::GrantTag tag, const Keys& keys);

/// The access token of that rotation, for this scope and resource.
token::TokenText access_token_beside(std::string_view presented, token::GrantTag tag,
                                     std::string_view scope, std::string_view resource,
                                     const Keys& keys);

}  // namespace sluice::oauth
