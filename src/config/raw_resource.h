// [[resource]] as it is written: every key with its default.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/raw_access_rule.h"
#include "config/raw_friction.h"
#include "config/setting.h"

namespace sluice::config {

/// How tokens are verified at another authorization server (RFC 7662).
struct RawIntrospection {
    Place place;
    Setting<std::string> endpoint;  // required
    Setting<std::string> ca;        // PEM file: trusted for the endpoint instead of the system's
    /// What clients are told to sign in at (RFC 9728 authorization_servers). Empty: the endpoint's
    /// origin.
    Setting<std::string> issuer;
    Setting<std::string> client_id;  // required
    RawSecret client_secret;         // required
    Setting<std::string> auth_method =
        "client_secret_basic";                       // client_secret_basic | client_secret_post
    Setting<Duration> cache_ttl = Duration::zero();  // of positive answers; 0s: none; at most 10m
    Setting<Duration> timeout = std::chrono::seconds(5);  // 10ms to 1m

    void each_key(auto& key) {
        key("endpoint", endpoint);
        key("ca", ca);
        key("issuer", issuer);
        key("client_id", client_id);
        key("client_secret", client_secret);
        key("auth_method", auth_method);
        key("cache_ttl", cache_ttl);
        key("timeout", timeout);
    }
};

/// Whose JWT access tokens are taken (RFC 9068).
struct RawJwt {
    Place place;
    Setting<std::string> issuer;    // required
    Setting<std::string> audience;  // empty: the resource's own URL
    StringList algorithms = {"RS256", "ES256"};
    StringList scope_claims = {"scope", "scp"};
    Setting<std::string> subject_claim = "sub";
    Setting<Duration> leeway = std::chrono::seconds(60);  // 0s to 5m
    Setting<std::string> jwks_uri;                        // empty: as the issuer's metadata says
    Setting<std::string> ca;  // PEM file: trusted for the issuer instead of the system's

    void each_key(auto& key) {
        key("issuer", issuer);
        key("audience", audience);
        key("algorithms", algorithms);
        key("scope_claims", scope_claims);
        key("subject_claim", subject_claim);
        key("leeway", leeway);
        key("jwks_uri", jwks_uri);
        key("ca", ca);
    }
};

struct RawResource {
    Place place;
    Setting<std::string> path;      // required: the resource identifier is public_url + path
    Setting<std::string> name;      // on the consent page and in metadata; empty: the path
    Setting<std::string> upstream;  // required without identifier: the MCP server's URL
    /// Where the resource is not behind this gateway but asks for decisions: its own URL.
    Setting<std::string> identifier;
    /// A name under which clients of other servers look for its metadata: srv_0123456789abcdef.
    Setting<std::string> server_id;
    /// PEM file: authorities trusted for an https upstream instead of the system's.
    Setting<std::string> upstream_ca;
    Setting<std::string> verify = "local";  // local | introspection | jwt
    std::optional<RawIntrospection> introspection;
    std::optional<RawJwt> jwt;
    Setting<std::string> token_format = "opaque";  // of tokens issued here for it: opaque | jwt
    StringList required_scopes;                    // for every request
    StringList scopes_supported;                   // in metadata (RFC 9728); empty: required_scopes
    /// How long the upstream may take until its answer begins. 10ms to 24h.
    Setting<Duration> timeout = std::chrono::seconds(60);
    /// How long connecting to the upstream may take. 10ms to 1m.
    Setting<Duration> connect_timeout = std::chrono::seconds(5);
    /// When the upstream describes a tool otherwise than before: off | log | friction.
    Setting<std::string> tool_changes = "log";
    /// With `friction`: what calls of such a tool meet at least, until an operator acknowledges the
    /// change. Above 0, at most 1.
    Setting<double> tool_change_friction = 0.6;
    std::vector<RawToolRule> tools;                 // the first that applies decides
    std::vector<RawMethodRule> rules;               // about all that is no tool
    Setting<std::string> default_action = "allow";  // allow | deny: what no rule speaks of
    std::optional<RawFriction> friction;

    void each_key(auto& key) {
        key("path", path);
        key("name", name);
        key("upstream", upstream);
        key("identifier", identifier);
        key("server_id", server_id);
        key("upstream_ca", upstream_ca);
        key("verify", verify);
        key("introspection", introspection);
        key("jwt", jwt);
        key("token_format", token_format);
        key("required_scopes", required_scopes);
        key("scopes_supported", scopes_supported);
        key("timeout", timeout);
        key("connect_timeout", connect_timeout);
        key("tool_changes", tool_changes);
        key("tool_change_friction", tool_change_friction);
        key("tool", tools);
        key("rule", rules);
        key("default", default_action);
        key("friction", friction);
    }
};

}  // namespace sluice::config
