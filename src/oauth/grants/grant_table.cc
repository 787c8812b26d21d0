#include "oauth/grants/grant_table.h"

#include <array>

#include "oauth/grants/authorization_code_grant.h"
#include "oauth/grants/client_credentials_grant.h"
#include "oauth/grants/device_code_grant.h"
#include "oauth/grants/refresh_token_grant.h"

namespace sluice::oauth {
namespace {

bool devices_are_served(const Settings& settings) {
    return settings.device.enabled;
}

constexpr std::array<GrantDeclaration, 4> table{{
    {.type = GrantType::authorization_code, .serve = redeem_authorization_code},
    {.type = GrantType::refresh_token, .serve = rotate_refresh_token},
    {.type = GrantType::client_credentials,
     .confidential_only = true,  // RFC 6749 §4.4
     .self_registrable = false,
     .serve = grant_client_credentials},
    {.type = GrantType::device_code, .offered = devices_are_served, .serve = poll_with_device_code},
}};
static_assert(table.size() == grant_type_names.size(), "every grant type is served");

}  // namespace

std::span<const GrantDeclaration> grant_table() {
    return table;
}

bool is_offered(const GrantDeclaration& grant, const Settings& settings) {
    return grant.offered == nullptr || grant.offered(settings);
}

GrantTypes registrable_grant_types(const Settings& settings, bool trusted,
                                   ClientAuthMethod auth_method) {
    GrantTypes types;
    for (const GrantDeclaration& grant : table) {
        if (!is_offered(grant, settings)) continue;
        if (grant.confidential_only && !token::is_confidential(auth_method)) continue;
        const bool open = settings.registration_grants
                              ? settings.registration_grants->has(grant.type)
                              : grant.self_registrable || trusted;
        if (open) types.add(grant.type);
    }
    return types;
}

}  // namespace sluice::oauth
