// [auth] settings, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "config/quantity.h"
#include "token/resource_identifier.h"
#include "token/scope.h"

namespace sluice::config {

enum class AuthMethod { none, client_secret_basic, client_secret_post };

struct ScopeConfig {
    std::string name;
    std::string description;  // what a person reads on the consent page
};

struct UserConfig {
    std::string username;
    Secret password;            // empty where password_hash is given
    std::string password_hash;  // empty where password is given
    std::string name;           // never empty
    std::string email;
    std::vector<std::pair<std::string, std::string>> attributes;
};

struct ClientConfig {
    std::string client_id;
    std::string client_name;  // never empty
    AuthMethod auth_method = AuthMethod::none;
    Secret client_secret;  // empty exactly where auth_method is none
    std::vector<std::string> redirect_uris;
    bool authorization_code = false;
    bool refresh_token = false;
    bool client_credentials = false;
    token::ScopeSet scope;  // the most it can be granted
    bool introspect = false;
};

struct ApiKeyConfig {
    std::string name;
    Secret key;
};

struct RateLimitConfig {
    std::uint32_t requests = 0;
    Duration window{};
};

struct AuthConfig {
    enum class Registration { open, token, closed };

    std::string issuer;             // no trailing slash
    token::ScopeSet default_scope;  // never empty
    Duration access_token_ttl{};
    Duration refresh_token_ttl{};
    Duration refresh_replay_window{};
    Duration code_ttl{};
    Duration session_ttl{};
    bool remember_consent = false;
    std::vector<token::ResourceIdentifier> resources;  // those of other processes
    Registration registration = Registration::closed;
    Secret registration_token;  // empty unless registration is `token`
    RateLimitConfig rate_limit;
    std::vector<ScopeConfig> scopes;  // in the file's order
    std::vector<UserConfig> users;
    std::vector<ClientConfig> clients;
    std::vector<ApiKeyConfig> api_keys;
};

}  // namespace sluice::config
