#include "server/wiring/resource_settings.h"

namespace sluice::server {
namespace {

resource::IntrospectionSettings introspection_settings(const config::IntrospectionConfig& from) {
    return {.endpoint = from.endpoint,
            .trust = from.trust,
            .client_id = from.client_id,
            .client_secret = from.client_secret,
            .authentication = from.auth_method == config::AuthMethod::client_secret_post
                                  ? resource::ClientAuthentication::client_secret_post
                                  : resource::ClientAuthentication::client_secret_basic,
            .timeout = from.timeout,
            .cache_ttl = from.cache_ttl};
}

resource::ResourceSettings one_resource(const config::Config& config,
                                        const config::ResourceConfig& from) {
    resource::ResourceSettings settings{
        .path = from.path,
        .identifier = from.identifier,
        .name = from.name,
        .issuer = from.introspection ? from.introspection->issuer : config.auth()->issuer,
        .upstream = from.upstream,
        .upstream_trust = from.upstream_trust,
        .introspection = from.introspection.transform(introspection_settings),
        .required_scopes = from.required_scopes,
        .scopes_supported = from.scopes_supported,
        .tools = {},
        .connect_timeout = from.connect_timeout,
        .timeout = from.timeout,
        .friction = from.friction,
        .tool_changes = from.tool_changes,
        .tool_change_friction = from.tool_change_friction};
    for (const config::ToolRuleConfig& rule : from.tools)
        settings.tools.push_back({rule.match, rule.scopes});
    return settings;
}

}  // namespace

resource::Settings resource_settings(const config::Config& config) {
    resource::Settings settings{.allowed_origins = config.server().allowed_origins,
                                .own_origin = config.server().public_url,
                                .resources = {}};
    for (const config::ResourceConfig& resource : config.resources()) {
        settings.resources.push_back(one_resource(config, resource));
    }
    return settings;
}

}  // namespace sluice::server
