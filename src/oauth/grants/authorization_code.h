// What an authorization code stands for, between the consent page and the token endpoint.
#pragma once

#include <string>

#include "oauth/pkce.h"
#include "storage/grant_store.h"
#include "token/scope.h"

namespace sluice::oauth {

/// RFC 6749 §4.1.2: bound to the client and the redirect URI; RFC 7636 §4.4: and to the challenge.
struct AuthorizationCode {
    std::string client_id;
    std::string username;
    std::string redirect_uri;  // as the request had it
    CodeChallenge challenge;
    token::ScopeSet scope;
    std::string resource;  // canonical; empty: none in particular
};

/// A code that was used: another use of it ends the grant (RFC 6749 §4.1.2).
struct RedeemedCode {
    std::string client_id;
    storage::GrantHandle grant;
};

}  // namespace sluice::oauth
