// [auth] and what stands below it, as it is written: every key with its default.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/setting.h"

namespace sluice::config {

struct RawUser {
    Place place;
    Setting<std::string> username;       // required, unique
    RawSecret password;                  // this or password_hash
    Setting<std::string> password_hash;  // a line of `sluice hash-password`
    Setting<std::string> name;           // a person's name, for the pages; empty: the username
    Setting<std::string> email;
    std::vector<Attribute> attributes;  // free texts: user.NAME of rules (`when`)

    void each_key(auto& key) {
        key("username", username);
        key("password", password);
        key("password_hash", password_hash);
        key("name", name);
        key("email", email);
        key("attributes", attributes);
    }
};

struct RawClient {
    Place place;
    Setting<std::string> client_id;    // required, unique
    Setting<std::string> client_name;  // on the consent page; empty: the client_id
    // none | client_secret_basic | client_secret_post | private_key_jwt
    Setting<std::string> auth_method = "none";
    RawSecret client_secret;
    // Of private_key_jwt, one of: a JWK Set (RFC 7517), a file with one, a URL of one.
    Setting<std::string> jwks;
    Setting<std::string> jwks_file;
    Setting<std::string> jwks_uri;
    StringList redirect_uris;
    StringList grant_types = {"authorization_code", "refresh_token"};
    Setting<std::string> scope;  // the most it can be granted; empty: auth.default_scope
    RawIntrospect introspect;    // needs a secret

    void each_key(auto& key) {
        key("client_id", client_id);
        key("client_name", client_name);
        key("auth_method", auth_method);
        key("client_secret", client_secret);
        key("jwks", jwks);
        key("jwks_file", jwks_file);
        key("jwks_uri", jwks_uri);
        key("redirect_uris", redirect_uris);
        key("grant_types", grant_types);
        key("scope", scope);
        key("introspect", introspect);
    }
};

struct RawApiKey {
    Place place;
    Setting<std::string> name;  // required, unique; what the log calls this caller
    RawSecret key;              // required
    RawIntrospect introspect{.all = true};

    void each_key(auto& visit) {
        visit("name", name);
        visit("key", key);
        visit("introspect", introspect);
    }
};

/// Keys that sign JWT access tokens.
struct RawSigningKeys {
    Place place;
    Setting<std::string> algorithm = "ES256";                // ES256 | EdDSA | RS256
    Setting<Duration> rotate_every = std::chrono::days(90);  // 1d to 3650d

    void each_key(auto& key) {
        key("algorithm", algorithm);
        key("rotate_every", rotate_every);
    }
};

struct RawRateLimit {
    Place place;
    Setting<std::int64_t> requests = 600;
    Setting<Duration> window = std::chrono::minutes(1);  // 1s to 24h

    void each_key(auto& key) {
        key("requests", requests);
        key("window", window);
    }
};

struct RawClientDocuments {
    Place place;
    Setting<bool> enabled = true;  // clients may be named by the URL of their metadata document
    StringList allow = {"*"};      // hosts, "*.example.com", "*"
    StringList deny;               // goes before `allow`
    StringList private_hosts;      // hosts whose addresses need not be public ones
    Setting<std::string> ca;       // PEM file; empty: the system's authorities
    Setting<Duration> cache_max = std::chrono::hours(24);  // 1m to 24h

    void each_key(auto& key) {
        key("enabled", enabled);
        key("allow", allow);
        key("deny", deny);
        key("private_hosts", private_hosts);
        key("ca", ca);
        key("cache_max", cache_max);
    }
};

struct RawDevice {
    Place place;
    Setting<bool> enabled = true;                           // the device grant (RFC 8628)
    Setting<Duration> code_ttl = std::chrono::minutes(10);  // 1s to 1h
    Setting<Duration> interval = std::chrono::seconds(5);   // between two polls; 1s to 1m

    void each_key(auto& key) {
        key("enabled", enabled);
        key("code_ttl", code_ttl);
        key("interval", interval);
    }
};

struct RawAuth {
    Place place;
    /// The issuer identifier (RFC 8414 §2), no trailing slash. Empty: server.public_url.
    Setting<std::string> issuer;
    /// Scopes, separated by spaces, of a request that names none. Required.
    Setting<std::string> default_scope;
    /// Lifetime of an access token, 1s to 30d. Shorter limits what a leaked one is worth.
    Setting<Duration> access_token_ttl = std::chrono::hours(1);
    /// Lifetime of a refresh token, counted anew by each rotation. 1s to 3650d.
    Setting<Duration> refresh_token_ttl = std::chrono::days(30);
    /// For so long the same client repeating a rotation gets the same successor; after it the
    /// repeat revokes the grant (RFC 9700 §4.14.2). 0s to 60m.
    Setting<Duration> refresh_replay_window = std::chrono::seconds(120);
    /// Lifetime of an authorization code, 1s to 600s (RFC 6749 §4.1.2).
    Setting<Duration> code_ttl = std::chrono::seconds(60);
    /// How long a sign-in on the login page lasts in that browser. 1m to 90d.
    Setting<Duration> session_ttl = std::chrono::hours(12);
    /// Skips the consent page where the person granted the same client the same before.
    Setting<bool> remember_consent = false;
    /// URLs of protected resources that other processes serve (RFC 8707), beside each [[resource]]
    /// of this one. Where neither names any, tokens are issued for any resource that is asked for.
    StringList resources;
    /// Who may register clients (RFC 7591): open | token | closed.
    Setting<std::string> registration = "open";
    RawSecret
        registration_token;  // registration = "token": the bearer token that /register demands
    RawSigningKeys keys;
    /// Networks that may introspect every token without credentials. Empty: nobody.
    StringList introspection_open;
    /// A registered client that somebody has consented to is kept for so long after its last use.
    /// 1d to 3650d.
    Setting<Duration> registered_client_ttl = std::chrono::days(90);
    /// What a client that registers itself may have. Empty: authorization_code and refresh_token,
    /// with registration = "token" also client_credentials.
    StringList registration_grants;
    RawRateLimit rate_limit;  // per client at /token, per address at /register
    /// Authorization requests that were not pushed before are refused (RFC 9126 §5).
    Setting<bool> require_pushed_authorization_requests = false;
    RawDevice device;
    RawClientDocuments client_documents;
    std::vector<Entry> scopes;  // scope = what a person reads on the consent page
    std::vector<RawUser> users;
    std::vector<RawClient> clients;
    std::vector<RawApiKey> api_keys;  // callers of /introspect that send a bearer key

    void each_key(auto& key) {
        key("issuer", issuer);
        key("default_scope", default_scope);
        key("access_token_ttl", access_token_ttl);
        key("refresh_token_ttl", refresh_token_ttl);
        key("refresh_replay_window", refresh_replay_window);
        key("code_ttl", code_ttl);
        key("session_ttl", session_ttl);
        key("remember_consent", remember_consent);
        key("resources", resources);
        key("registration", registration);
        key("registration_token", registration_token);
        key("keys", keys);
        key("introspection_open", introspection_open);
        key("registered_client_ttl", registered_client_ttl);
        key("registration_grants", registration_grants);
        key("rate_limit", rate_limit);
        key("require_pushed_authorization_requests", require_pushed_authorization_requests);
        key("device", device);
        key("client_documents", client_documents);
        key("scopes", scopes);
        key("user", users);
        key("client", clients);
        key("api_key", api_keys);
    }
};

}  // namespace sluice::config
