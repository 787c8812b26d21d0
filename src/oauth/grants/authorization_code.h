// Authorization code (RFC 6749 §4.1.2): single use, against replay; bound to client, redirect URI
// and PKCE challenge.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/digest.h"
#include "oauth/pkce.h"
#include "token/scope.h"
#include "token/token_text.h"

namespace sluice::oauth {

/// RFC 6749 §4.1.2: bound to the client and the redirect URI; RFC 7636 §4.4: and to the challenge.
struct AuthorizationCode {
    std::string client_id;
    std::string username;
    std::string account_mark;  // see Account::mark()
    std::string redirect_uri;  // as the request had it
    CodeChallenge challenge;
    token::ScopeSet scope;
    std::string resource;  // canonical; empty: none in particular
};

/// A code that was used: another use of it ends the grant (RFC 6749 §4.1.2).
struct RedeemedCode {
    std::string client_id;
    token::GrantTag tag;  // of the grant
};

// As documents of a store.

std::string document_key(const crypto::Digest& digest);

std::string to_json(const AuthorizationCode& code);
std::optional<AuthorizationCode> read_authorization_code(std::string_view json);
std::string to_json(const RedeemedCode& code);
std::optional<RedeemedCode> read_redeemed_code(std::string_view json);

}  // namespace sluice::oauth
