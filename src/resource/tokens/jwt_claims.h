// Claims of another issuer's JWT access token (RFC 9068, and what the usual issuers make of it).
#pragma once

#include <expected>

#include "base/json.h"
#include "crypto/jws.h"
#include "resource/settings.h"
#include "resource/tokens/verifier.h"
#include "token/jwt.h"

namespace sluice::resource {

/// Whether the header's `typ` may be an access token's: `at+jwt`, `JWT` or none. Logout tokens,
/// proofs and assertions have types of their own.
bool may_be_access_token(const crypto::Jws& jws);

/// What a token of `settings.issuer` says, as far as it matters here.
/// identifier  The resource at hand: an accepted token has it as its audience in what comes back,
///             whatever the issuer calls it.
/// Errors: inactive where it is another issuer's, expired, not valid yet, without exp or subject,
/// an ID or refresh token, or bound to a key (RFC 7800 `cnf`), which a bearer does not prove;
/// wrong_audience.
std::expected<token::TokenInfo, TokenError> read_access_token_claims(
    const JsonValue& payload, const JwtSettings& settings,
    const token::ResourceIdentifier& identifier, token::NumericDate now);

}  // namespace sluice::resource
