// Scope policy (RFC 6749 §3.3): which scopes a client gets.
#pragma once

#include <optional>
#include <string_view>

#include "oauth/clients/client.h"
#include "oauth/errors.h"
#include "oauth/settings.h"
#include "token/scope.h"

namespace sluice::oauth {

/// Whether there is a scope of that name.
bool is_known_scope(const Settings& settings, std::string_view name);

/// Of a new grant. Nothing asked, or nothing but `offline_access`, which is good for nothing by
/// itself: the default scope (too), as far as the client may have it.
/// Errors: invalid_scope for a malformed or unknown name, one that the client may not have, or
/// where nothing is left. `offline_access` is never a reason to refuse: where it is not to be had
/// it is left out, since clients ask for it by habit.
Result<token::ScopeSet> scope_to_grant(std::optional<std::string_view> asked,
                                       const Settings& settings, const Client& client);

/// Of a token under a grant (RFC 6749 §6): what was granted or less, never more. Clients repeat
/// what they asked at first: what scope_to_grant() has left out is left out again.
Result<token::ScopeSet> scope_of_refresh(std::optional<std::string_view> asked,
                                         const token::ScopeSet& granted, const Settings& settings,
                                         const Client& client);

}  // namespace sluice::oauth
