// Refresh token rotation (RFC 9700 §4.14.2), idempotent: the successor is derived from the token.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/random.h"
#include "oauth/keys.h"
#include "token/token_text.h"

namespace sluice::oauth {

/// The first refresh token of a grant. Like each of its successors it says its generation, under a
/// MAC: whoever shows it later, however many rotations later, shows that it once was a token of
/// this grant. 96 bits are random; the MAC (HMAC-SHA256, 128 bits) nobody can guess either.
token::TokenText first_refresh_token(token::GrantTag tag, const Keys& keys, Random& random);

/// The refresh token that replaces `presented`: the same whenever it is asked for, so that a client
/// that repeats a rotation gets the same successor although no token is stored. HMAC-SHA256 under a
/// key of the process: neither the table's digests nor the presented token alone give it away.
token::TokenText successor_of(std::string_view presented, token::GrantTag tag, const Keys& keys);

/// How many rotations a token is away from the first of its grant; nothing where the text says none
/// under these keys. Tokens of before generations were told say none, and those of other servers.
std::optional<std::uint32_t> generation_of(std::string_view text, token::GrantTag tag,
                                           const Keys& keys);

/// The successor that tokens without a generation had before their successors told theirs.
token::TokenText successor_without_generation(std::string_view presented, token::GrantTag tag,
                                              const Keys& keys);

/// The access token of that rotation, for this scope and resource.
token::TokenText access_token_beside(std::string_view presented, token::GrantTag tag,
                                     std::string_view scope, std::string_view resource,
                                     const Keys& keys);

}  // namespace sluice::oauth
