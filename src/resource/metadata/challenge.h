// WWW-Authenticate challenge (RFC 6750 §3, RFC 9728 §5.1), with step-up scopes as MCP has them.
#pragma once

#include <string_view>

#include "base/pooled_text.h"
#include "token/scope.h"

namespace sluice::resource {

struct Challenge {
    std::string_view error;  // empty where the request came without a token (RFC 6750 §3.1)
    std::string_view error_description;
    const token::ScopeSet* scope = nullptr;  // null or empty: left out
    std::string_view resource_metadata;      // URL
};

/// The field's value: "Bearer" first, as clients read the first word only, and every parameter
/// quoted. Clients match parameters by pattern, so a value never holds a quote, a backslash or a
/// control character (they are left out), and a description no '=' (it becomes a space).
PooledText challenge_text(const Challenge& challenge);

/// What a challenge for more scopes asks for (403): all that was granted with all that is needed,
/// since some clients then request nothing else; without offline_access, which MCP keeps out of
/// challenges.
token::ScopeSet step_up_scope(const token::ScopeSet& granted, const token::ScopeSet& needed);

/// `scopes` without offline_access, for challenges and metadata.
token::ScopeSet for_discovery(const token::ScopeSet& scopes);

}  // namespace sluice::resource
