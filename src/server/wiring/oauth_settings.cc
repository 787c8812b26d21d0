#include "server/wiring/oauth_settings.h"

#include "base/check.h"

namespace sluice::server {
namespace {

oauth::ClientAuthMethod to_oauth(config::AuthMethod method) {
    switch (method) {
        case config::AuthMethod::none:
            return oauth::ClientAuthMethod::none;
        case config::AuthMethod::client_secret_basic:
            return oauth::ClientAuthMethod::client_secret_basic;
        case config::AuthMethod::client_secret_post:
            return oauth::ClientAuthMethod::client_secret_post;
    }
    CHECK(false);
}

oauth::Registration to_oauth(config::AuthConfig::Registration registration) {
    switch (registration) {
        case config::AuthConfig::Registration::open:
            return oauth::Registration::open;
        case config::AuthConfig::Registration::token:
            return oauth::Registration::token;
        case config::AuthConfig::Registration::closed:
            return oauth::Registration::closed;
    }
    CHECK(false);
}

crypto::PasswordHash password_hash(const config::UserConfig& user, Random& random) {
    if (user.password_hash.empty()) {
        return crypto::PasswordHash::of_known(user.password.reveal(), random);
    }
    auto hash = crypto::PasswordHash::parse(user.password_hash);
    CHECK(hash.has_value(), "a checked password_hash is refused");
    return *std::move(hash);
}

oauth::ClientSetting client_setting(const config::ClientConfig& from) {
    return {.client_id = from.client_id,
            .client_name = from.client_name,
            .auth_method = to_oauth(from.auth_method),
            .client_secret = from.client_secret,
            .redirect_uris = from.redirect_uris,
            .authorization_code = from.authorization_code,
            .refresh_token = from.refresh_token,
            .client_credentials = from.client_credentials,
            .scope = from.scope,
            .introspect = from.introspect};
}

}  // namespace

oauth::Settings oauth_settings(const config::Config& config, Random& random) {
    const config::AuthConfig& auth = config.auth().value();
    oauth::Settings settings{.issuer = auth.issuer,
                             .default_scope = auth.default_scope,
                             .access_token_ttl = auth.access_token_ttl,
                             .refresh_token_ttl = auth.refresh_token_ttl,
                             .refresh_replay_window = auth.refresh_replay_window,
                             .code_ttl = auth.code_ttl,
                             .session_ttl = auth.session_ttl,
                             .remember_consent = auth.remember_consent,
                             .foreign_tokens = config.storage().plain_tokens,
                             .registration = to_oauth(auth.registration),
                             .registration_token = auth.registration_token,
                             .rate_limit = {auth.rate_limit.requests, auth.rate_limit.window}};
    for (const config::ScopeConfig& scope : auth.scopes) {
        settings.scopes.push_back({scope.name, scope.description});
    }
    for (const config::ResourceConfig& resource : config.resources()) {
        settings.resources.push_back({resource.identifier, resource.name});
    }
    for (const token::ResourceIdentifier& identifier : auth.resources) {
        settings.resources.push_back({identifier, std::string(identifier.host())});
    }
    for (const config::UserConfig& user : auth.users) {
        settings.users.push_back({user.username, password_hash(user, random), user.name});
    }
    for (const config::ClientConfig& client : auth.clients) {
        settings.clients.push_back(client_setting(client));
    }
    for (const config::ApiKeyConfig& key : auth.api_keys)
        settings.api_keys.push_back({key.name, key.key});
    return settings;
}

}  // namespace sluice::server
