// [[resource]] settings, checked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "config/auth_config.h"
#include "crypto/tls_client_context.h"
#include "friction/config.h"
#include "resource/settings.h"
#include "token/resource_identifier.h"
#include "token/scope.h"

namespace sluice::config {

struct IntrospectionConfig {
    std::string endpoint;
    std::optional<crypto::TlsTrust> trust;  // where the endpoint is https
    std::string issuer;                     // for authorization_servers; never empty
    std::string client_id;
    Secret client_secret;
    AuthMethod auth_method = AuthMethod::client_secret_basic;
    Duration cache_ttl{};
    Duration timeout{};
};

struct ToolRuleConfig {
    std::string match;  // a pattern that RE2 accepts
    token::ScopeSet scopes;
};

struct ResourceConfig {
    std::string path;                      // begins with '/', no trailing slash
    token::ResourceIdentifier identifier;  // public_url + path, or that of a resource elsewhere
    std::string name;                      // never empty
    std::string upstream;                  // empty: it is not behind the gateway
    std::optional<crypto::TlsTrust> upstream_trust;    // where the upstream is https
    std::optional<IntrospectionConfig> introspection;  // absent: verify = "local"
    token::ScopeSet required_scopes;
    token::ScopeSet scopes_supported;
    Duration timeout{};
    Duration connect_timeout{};
    std::vector<ToolRuleConfig> tools;
    std::shared_ptr<const friction::FrictionConfig> friction;  // null: none, or not enabled
    resource::ToolChanges tool_changes = resource::ToolChanges::off;
    double tool_change_friction = 0;
};

}  // namespace sluice::config
