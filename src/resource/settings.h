// Settings of the gateway: plain, checked values, as the configuration gives them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/jws_algorithm.h"
#include "crypto/tls_client_context.h"
#include "friction/config.h"
#include "http/ip_network.h"
#include "token/client_auth_method.h"
#include "token/resource_identifier.h"
#include "token/scope.h"

namespace sluice::resource {

/// One test of a rule's `when`: what the attribute's values have to be. Just one of the members is
/// given.
struct ConditionSettings {
    std::string attribute;              // "client_id", "user.department", "args.path": condition.h
    std::vector<std::string> any_of{};  // it has one of these values
    std::vector<std::string> all_of{};  // it has every one of these
    std::string match{};                // RE2: it matches whole
    std::optional<double> min{};        // a number, this one or more
    std::optional<double> max{};        // a number, this one or less
};

enum class RuleAction : std::uint8_t { allow, deny };

/// One [[resource.tool]] or [[resource.rule]].
struct AccessRule {
    std::string match;       // RE2, of the whole name of a tool or prompt, or of a whole URI
    token::ScopeSet scopes;  // needed beyond the resource's own required_scopes
    std::string method = "tools/call";  // what is asked for; "tasks/*" is all that begins so
    RuleAction action = RuleAction::allow;
    std::vector<ConditionSettings> when{};  // all of them
};

/// Where tokens are asked about with RFC 7662 when they are not this process's own.
struct IntrospectionSettings {
    std::string endpoint;                                  // absolute URL
    std::optional<crypto::TlsTrust> trust = std::nullopt;  // where that is https
    std::string client_id;
    Secret client_secret;
    token::ClientAuthMethod auth_method = token::ClientAuthMethod::client_secret_basic;
    Duration timeout = std::chrono::seconds{5};  // for connecting, asking and the whole answer
    // For how long an active answer is taken again without asking: the longest time a revoked token
    // may still pass. 0: ask each time. Never beyond the token's own expiry.
    Duration cache_ttl{};
    std::size_t cache_entries_max = 10'000;  // on each shard; the least recently used goes first
};

/// Whose JWT access tokens (RFC 9068) are taken, when they are not this process's own.
struct JwtSettings {
    std::string issuer;    // `iss`, exactly; its metadata tells where its keys are
    std::string audience;  // `aud` has to hold it, exactly; empty: the resource, in any spelling
    crypto::JwsAlgorithms algorithms;
    std::vector<std::string> scope_claims;  // their names together are the scope
    std::string subject_claim;
    Seconds leeway{60};                                    // how far clocks may differ
    std::string jwks_uri;                                  // empty: as metadata says
    std::optional<crypto::TlsTrust> trust = std::nullopt;  // where the issuer is https
    std::size_t cache_entries_max = 10'000;                // good tokens, on each shard
};

/// What becomes of it when a tool's definition changes.
enum class ToolChanges { off, log, friction };

struct ResourceSettings {
    std::string path;                      // begins with '/', no slash at its end
    token::ResourceIdentifier identifier;  // public_url + path, or that of a resource elsewhere
    std::string name;
    std::string issuer;    // of the tokens; the one of authorization_servers
    std::string upstream;  // absolute URL of the MCP server; empty: not behind the gateway
    std::optional<crypto::TlsTrust> upstream_trust = std::nullopt;  // where that is https
    // One of the two; neither: this process's own tokens.
    std::optional<IntrospectionSettings> introspection;
    std::optional<JwtSettings> jwt = std::nullopt;
    token::ScopeSet required_scopes;                // for every request
    token::ScopeSet scopes_supported;               // the minimal basic set, for discovery
    std::vector<AccessRule> rules;                  // the first that applies decides
    RuleAction default_action = RuleAction::allow;  // where no rule speaks of what is asked for
    Duration connect_timeout = std::chrono::seconds{5};
    Duration timeout = std::chrono::seconds{60};    // until the head of the upstream's answer
    Duration heartbeat = std::chrono::seconds{25};  // a silent event stream gets a comment line
    std::shared_ptr<const friction::FrictionConfig> friction;  // null: none
    ToolChanges tool_changes = ToolChanges::off;
    double tool_change_friction = 0;  // what a changed tool's calls meet at least
    std::string server_id{};          // its metadata stands under this name too; empty: it does not
};

struct Settings {
    std::vector<std::string> allowed_origins;  // "https://app.example.com"; "*": any
    std::string own_origin;                    // of public_url; always allowed
    // In which many people share an address: limits by address are wider.
    std::vector<http::IpNetwork> trusted_networks{};
    // Event streams that one caller may have open on a shard; beyond it 429. Far above what an
    // agent needs, and a quarter of the connections that a shard takes: nobody keeps everybody else
    // out.
    unsigned streams_of_caller_max = 4096;
    std::vector<ResourceSettings> resources;  // the first is also described at the root
};

}  // namespace sluice::resource
