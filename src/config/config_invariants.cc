#include "config/config_invariants.h"

#include "base/check.h"
#include "http/uri.h"

namespace sluice::config {
namespace {

constexpr Duration none = Duration::zero();

void check_server_invariants(const ServerConfig& server) {
    CHECK(!server.listen.empty());
    CHECK(!server.public_url.empty() && !server.public_url.ends_with('/'), server.public_url);
    CHECK(server.body_min_rate.count > 0 && server.max_connections > 0);
    CHECK(server.header_timeout > none && server.body_timeout > none && server.idle_timeout > none);
    CHECK(!server.tls || !server.tls->identities.empty(), "TLS without a certificate");
}

void check_client_invariants(const oauth::ClientSetting& client) {
    CHECK(!client.client_id.empty() && !client.client_name.empty());
    CHECK(client.client_secret.empty() == !token::has_secret(client.auth_method), client.client_id);
    CHECK((client.keys.jwks != nullptr || !client.keys.jwks_uri.empty()) ==
              (client.auth_method == token::ClientAuthMethod::private_key_jwt),
          client.client_id);
    CHECK(!client.grant_types.has(oauth::GrantType::authorization_code) ||
              !client.redirect_uris.empty(),
          client.client_id);
}

void check_auth_invariants(const oauth::Settings& auth) {
    CHECK(!auth.issuer.empty() && !auth.issuer.ends_with('/'), auth.issuer);
    CHECK(auth.access_token_ttl >= Seconds{1} && auth.refresh_token_ttl >= Seconds{1});
    CHECK(auth.code_ttl > none && auth.session_ttl > none);
    CHECK(auth.rate_limit.requests > 0 && auth.rate_limit.window > none);
    CHECK(!auth.default_scope.empty());
    CHECK((auth.registration == oauth::Registration::token) == !auth.registration_token.empty());
    for (const oauth::ClientSetting& client : auth.clients) check_client_invariants(client);
    for (const oauth::UserSetting& user : auth.users) {
        CHECK(!user.username.empty() && !user.name.empty());
    }
}

void check_resource_invariants(const resource::ResourceSettings& resource) {
    CHECK(resource.path.starts_with('/') && (resource.path == "/" || !resource.path.ends_with('/')),
          resource.path);
    CHECK(!resource.name.empty() && resource.timeout > none && resource.connect_timeout > none,
          resource.path);
    CHECK(resource.tool_change_friction >= 0 && resource.tool_change_friction <= 1, resource.path);
    const auto upstream = http::HttpUrl::parse(resource.upstream);
    CHECK(upstream.has_value() != resource.upstream.empty(), resource.path);
    CHECK((upstream && upstream->secure()) == resource.upstream_trust.has_value(), resource.path);
    CHECK(!resource.introspection || !resource.jwt, resource.path);
    if (resource.jwt) {
        CHECK(resource.issuer == resource.jwt->issuer && !resource.issuer.empty(), resource.path);
        CHECK(!resource.jwt->algorithms.empty() && !resource.jwt->subject_claim.empty());
    }
    if (!resource.introspection) return;
    const resource::IntrospectionSettings& asked = *resource.introspection;
    CHECK(!resource.issuer.empty() && !asked.client_secret.empty(), resource.path);
    CHECK(token::is_confidential(asked.auth_method) && asked.timeout > none, resource.path);
}

void check_storage_invariants(const StorageConfig& storage) {
    CHECK(storage.durable() == (!storage.keys.empty() || storage.makes_key_file),
          "what is kept is sealed");
    if (storage.engine == StorageConfig::Engine::sqlite) CHECK(!storage.path.empty());
    if (storage.engine != StorageConfig::Engine::postgres) return;
    CHECK(!storage.url.empty() && storage.connections > 0 && storage.max_waiting > 0);
    CHECK(storage.connect_timeout > none && storage.statement_timeout > none);
}

}  // namespace

void check_invariants(const Config& config) {
    check_server_invariants(config.server());
    check_storage_invariants(config.storage());
    if (config.auth()) check_auth_invariants(*config.auth());
    for (const resource::ResourceSettings& resource : config.gateway().resources) {
        check_resource_invariants(resource);
    }
    CHECK(config.auth() || !config.gateway().resources.empty(), "nothing to serve");
    if (!config.admin()) return;
    CHECK(!config.admin()->listen.empty() && !config.admin()->operators.empty());
    CHECK(config.admin()->session_ttl > none);
}

}  // namespace sluice::config
