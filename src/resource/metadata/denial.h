// Denial: why a request is refused for its token (RFC 6750 §3.1), with the words and the challenge
// that the gateway, the decision API and the external authorizers all give.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/pooled_text.h"
#include "http/status.h"
#include "resource/metadata/protected_resource.h"
#include "resource/tokens/verifier.h"
#include "token/scope.h"

namespace sluice::resource {

struct Denial {
    http::Status status;
    std::string_view code;  // stable: "invalid_token", "insufficient_scope", ...
    PooledText message;     // for people
    PooledText challenge;   // WWW-Authenticate; empty where the status takes none
    Seconds retry_after{0};
    std::string_view detail{};  // for logs alone: static text
};

/// 401 without `error`: no credentials came (RFC 6750 §3).
Denial denial_without_token(const ProtectedResource& resource);
/// 400: credentials that cannot be meant.
Denial denial_of_malformed_credentials(const ProtectedResource& resource);
/// 401 invalid_token, or 503 where nobody could say whether the token is good.
Denial denial_of_token(const ProtectedResource& resource, const TokenError& error);
/// 403 insufficient_scope, with a challenge for everything that is granted or needed.
/// tool  Empty where the request is no tool call.
Denial denial_of_scope(const ProtectedResource& resource, const token::ScopeSet& granted,
                       const token::ScopeSet& needed, std::string_view tool);

/// 403 access_denied, without a challenge: no scope would help. tool  As above.
Denial denial_of_access(std::string_view tool);

}  // namespace sluice::resource
