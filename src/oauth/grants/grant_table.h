// Grant types, declared once: the token endpoint, metadata and registration follow this table.
#pragma once

#include <span>

#include "io/task.h"
#include "oauth/grants/grant_types.h"
#include "oauth/grants/token_request.h"
#include "oauth/settings.h"

namespace sluice::oauth {

struct GrantDeclaration {
    GrantType type;
    bool confidential_only = false;  // for clients that authenticate alone
    /// A client that registers itself may have it, though nobody stands behind that client.
    bool self_registrable = true;
    bool (*offered)(const Settings& settings) = nullptr;  // null: always
    /// What a token request with this grant_type gets.
    io::Task<TokenResult> (*serve)(ShardState& state, const TokenRequest& request) = nullptr;
};

/// In metadata's order; every GrantType once.
std::span<const GrantDeclaration> grant_table();

bool is_offered(const GrantDeclaration& grant, const Settings& settings);

/// What of the table a client that registers may have.
/// trusted  It showed the registration token: somebody stands behind it.
GrantTypes registrable_grant_types(const Settings& settings, bool trusted,
                                   ClientAuthMethod auth_method);

}  // namespace sluice::oauth
