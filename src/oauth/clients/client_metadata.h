// Client metadata (RFC 7591 §2): what a client says of itself when it registers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/clients/client.h"
#include "oauth/clients/client_keys.h"
#include "oauth/errors.h"
#include "oauth/settings.h"
#include "token/scope.h"

namespace sluice::oauth {

/// Checked. Empty texts were not sent.
struct ClientMetadata {
    std::vector<std::string> redirect_uris;
    ClientAuthMethod auth_method = ClientAuthMethod::client_secret_basic;
    ClientKeys keys;  // of private_key_jwt
    GrantTypes grant_types;
    std::string client_name;
    std::string application_type;  // "native" or "web"
    // Kept and given back; nothing is ever fetched from them.
    std::string client_uri;
    std::string logo_uri;
    std::string tos_uri;
    std::string policy_uri;
    std::string software_id;
    std::string software_version;
    std::vector<std::string> contacts;
    token::ScopeSet scope;  // what the client means to ask for, of what there is; never a ceiling
};

/// `trusted` registrations, made with the registration token, may act for themselves
/// (client_credentials); anybody else's may not, since nobody stands behind them. Settings that say
/// registration_grants decide for both.
/// Members that are not known, and grant types that are not supported, are left out, as §2 allows;
/// the answer tells what was registered. Errors: invalid_redirect_uri naming the URI,
/// invalid_client_metadata (§3.2.2).
Result<ClientMetadata> parse_client_metadata(std::string_view json, const Settings& settings,
                                             bool trusted);

/// The client of that metadata, as yet without an identifier and a secret.
Client registered_client(const ClientMetadata& metadata);

/// Appends the members of the registration response (§3.2.1) that repeat the metadata.
void append_metadata_members(std::string& out, const ClientMetadata& metadata);

}  // namespace sluice::oauth
