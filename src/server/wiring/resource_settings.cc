#include "server/wiring/resource_settings.h"

#include "base/check.h"

namespace sluice::server {
namespace {

double to_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

friction::Mode to_mode(FrictionSettings::Mode mode) {
    switch (mode) {
        case FrictionSettings::Mode::block:
            return friction::Mode::block;
        case FrictionSettings::Mode::delay:
            return friction::Mode::delay;
        case FrictionSettings::Mode::observe:
            return friction::Mode::observe;
    }
    CHECK(false);
}

friction::RawFrictionConfig raw_friction(const FrictionSettings& from) {
    friction::RawFrictionConfig raw;
    raw.mode = to_mode(from.mode);
    raw.max_delay_seconds = to_seconds(from.max_delay);
    raw.window_size = from.window_size;
    raw.ema_alpha = from.ema_alpha;
    raw.adjustment_rate = from.adjustment_rate;
    raw.asymmetric_decay = from.asymmetric_decay;
    raw.dead_zone = from.dead_zone;
    raw.warmup_calls = from.warmup_calls;
    raw.time_decay_rate = from.time_decay_rate;
    raw.default_budget = from.default_budget;
    raw.saturation_threshold = from.saturation_threshold;
    raw.saturation_window = from.saturation_window;
    raw.saturation_relief_rate = from.saturation_relief_rate;
    raw.max_clients = from.max_clients;
    raw.penalty_ttl_seconds = to_seconds(from.penalty_ttl);
    raw.penalty_min_friction = from.penalty_min_friction;
    for (const FrictionToolSettings& tool : from.tools) {
        raw.tools.push_back({tool.name, tool.target_rate, tool.min_cost, tool.max_cost,
                             tool.justification_threshold, tool.hard_block_threshold});
    }
    for (const FrictionGroupSettings& group : from.groups) {
        raw.groups.push_back(
            {group.name, group.tools, group.aggregate_target, group.pressure_weight});
    }
    return raw;
}

/// The configuration was checked by the library's own rules before.
std::shared_ptr<const friction::FrictionConfig> friction_config(const FrictionSettings& from) {
    auto config = friction::validate(raw_friction(from));
    CHECK(config.has_value(), "checked friction settings are refused by the friction library");
    return std::make_shared<const friction::FrictionConfig>(*std::move(config));
}

resource::IntrospectionSettings introspection_settings(const IntrospectionConfig& from) {
    return {.endpoint = from.endpoint,
            .client_id = from.client_id,
            .client_secret = from.client_secret,
            .authentication = from.auth_method == AuthMethod::client_secret_post
                                  ? resource::ClientAuthentication::client_secret_post
                                  : resource::ClientAuthentication::client_secret_basic,
            .timeout = from.timeout,
            .cache_ttl = from.cache_ttl};
}

resource::ResourceSettings one_resource(const Config& config, const ResourceConfig& from) {
    resource::ResourceSettings settings{
        .path = from.path,
        .identifier = from.identifier,
        .name = from.name,
        .issuer = from.introspection ? from.introspection->issuer : config.auth()->issuer,
        .upstream = from.upstream,
        .required_scopes = from.required_scopes,
        .scopes_supported = from.scopes_supported,
        .connect_timeout = from.connect_timeout,
        .timeout = from.timeout};
    if (from.introspection) settings.introspection = introspection_settings(*from.introspection);
    for (const ToolRuleConfig& rule : from.tools)
        settings.tools.push_back({rule.match, rule.scopes});
    if (from.friction) settings.friction = friction_config(*from.friction);
    return settings;
}

}  // namespace

resource::Settings resource_settings(const Config& config) {
    resource::Settings settings{.allowed_origins = config.server().allowed_origins,
                                .own_origin = config.server().public_url};
    for (const ResourceConfig& resource : config.resources()) {
        settings.resources.push_back(one_resource(config, resource));
    }
    return settings;
}

}  // namespace sluice::server
