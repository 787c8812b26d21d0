// Why a token does not open a resource, in the words and with the challenge that every door gives:
// the gateway, the decision API, the external authorizers.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/pooled_text.h"
#include "http/status.h"
#include "resource/protected.h"
#include "resource/verifier.h"
#include "token/scope.h"

namespace sluice::resource {

struct Grounds {
    http::Status status;
    std::string_view code;  // stable: "invalid_token", "insufficient_scope", ...
    PooledText message;     // for people
    PooledText challenge;   // WWW-Authenticate; empty where the status takes none
    Seconds retry_after{0};
    std::string_view detail{};  // for logs alone: static text
};

/// 401 without `error`: no credentials came (RFC 6750 §3).
Grounds grounds_without_token(const Protected& resource);
/// 400: credentials that cannot be meant.
Grounds grounds_of_malformed_credentials(const Protected& resource);
/// 401 invalid_token, or 503 where nobody could say whether the token is good.
Grounds grounds_of(const Protected& resource, const TokenError& error);
/// 403 insufficient_scope, with a challenge for everything that is granted or needed.
/// tool  Empty where the request is no tool call.
Grounds grounds_of_scope(const Protected& resource, const token::ScopeSet& granted,
                         const token::ScopeSet& needed, std::string_view tool);

}  // namespace sluice::resource
