// Authorization request (RFC 6749 §4.1.1), its query checked.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "oauth/clients/client_directory.h"
#include "oauth/errors.h"
#include "oauth/pkce.h"
#include "oauth/settings.h"
#include "token/scope.h"

namespace sluice::oauth {

/// What the client asks of the person (OpenID Connect Core §3.1.2.1); words not known are ignored.
struct Prompt {
    bool none = false;     // no page at all, or an error
    bool login = false;    // sign in again
    bool consent = false;  // ask again
};

struct AuthorizationRequest {
    ClientHandle client;
    std::string redirect_uri;
    std::string state;  // empty: none was sent
    token::ScopeSet scope;
    std::string resource;  // canonical; empty: none in particular
    CodeChallenge challenge;
    Prompt prompt;
};

/// An error, and where it may be told: at `redirect_uri`, or on a page of our own where that is
/// empty, since no redirect may go to an address that was not found right (§4.1.2.1).
struct AuthorizationFailure {
    Error error;
    std::string redirect_uri;
    std::string state;
    std::string client_id;    // for logs; empty where no client of that name is known
    bool registered = false;  // the client did so itself: nobody stands behind it
};

/// Checks the client and the redirect URI first, everything else after. Pure.
std::expected<AuthorizationRequest, AuthorizationFailure> parse_authorization_request(
    std::string_view query, const Settings& settings, const ClientDirectory& clients);

}  // namespace sluice::oauth
