// Settings of an authorization server: plain, checked values, as the configuration gives them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/password_hash.h"
#include "crypto/tls_client_context.h"
#include "http/ip_network.h"
#include "oauth/clients/client_keys.h"
#include "oauth/grants/grant_types.h"
#include "token/client_auth_method.h"
#include "token/introspection.h"
#include "token/resource_identifier.h"
#include "token/resource_rights.h"
#include "token/scope.h"

namespace sluice::oauth {

using token::ClientAuthMethod;

struct ScopeSetting {
    std::string name;
    std::string description;  // what a person reads on the consent page
};

struct UserSetting {
    std::string username;  // the token's subject, too
    crypto::PasswordHash password_hash;
    std::string name;  // for people to read; never empty
    std::string email{};
    std::vector<token::Attribute> attributes{};  // user.NAME of access rules
};

struct ClientSetting {
    std::string client_id;
    std::string client_name;
    ClientAuthMethod auth_method = ClientAuthMethod::none;
    Secret client_secret;  // empty exactly where auth_method has none
    ClientKeys keys{};     // of private_key_jwt
    std::vector<std::string> redirect_uris;
    GrantTypes grant_types;
    token::ScopeSet scope;  // the most it can be granted
    // Whose tokens it sees at /introspect, beside its own, and may have decisions about.
    token::ResourceRights introspect{};
};

/// A bearer key of a resource server.
struct ApiKeySetting {
    std::string name;
    Secret key;
    token::ResourceRights introspect = token::ResourceRights::all();
};

/// How access tokens are written: as a text that only this server knows more of, or signed (RFC
/// 9068) so that whoever has its public keys can read and verify them.
enum class AccessTokenFormat : std::uint8_t { opaque, jwt };

/// A resource that tokens can be meant for (RFC 8707).
struct ResourceSetting {
    token::ResourceIdentifier identifier;
    std::string name;  // for people to read
    AccessTokenFormat token_format = AccessTokenFormat::opaque;
};

/// Of the keys that sign JWT access tokens.
struct SigningSettings {
    crypto::JwsAlgorithm algorithm = crypto::JwsAlgorithm::es256;
    Duration rotate_every = std::chrono::days{90};
};

struct RateLimit {
    std::uint32_t requests = 600;  // in any window
    Duration window = std::chrono::minutes{1};

    /// The limit of a key that so many people share.
    RateLimit for_people(unsigned people) const {
        const std::uint64_t wider = std::uint64_t{requests} * people;
        return {static_cast<std::uint32_t>(std::min<std::uint64_t>(wider, UINT32_MAX)), window};
    }
};

/// The device grant (RFC 8628).
struct DeviceSettings {
    bool enabled = true;
    Duration code_ttl = std::chrono::minutes{10};
    Duration interval = std::chrono::seconds{5};  // the least between two polls
};

/// Client ID metadata documents.
struct ClientDocumentSettings {
    bool enabled = true;
    std::vector<std::string> allow = {"*"};  // hosts, "*.example.com", "*"; lower case
    std::vector<std::string> deny;           // goes before `allow`
    // Hosts of the operator's own network: any address of theirs may be connected to.
    std::vector<std::string> private_hosts;
    Duration cache_max = std::chrono::hours{24};  // a document is asked for again at the latest
    std::optional<crypto::TlsTrust> trust;        // nothing: nothing can be fetched
};

enum class Registration : std::uint8_t { open, token, closed };

/// Immutable while shards run; all of them read the same one.
struct Settings {
    std::string issuer;                // no trailing slash; every URL handed out begins with it
    token::ScopeSet default_scope;     // granted where a request names none
    std::vector<ScopeSetting> scopes;  // every scope there is, in the order they are shown
    std::vector<ResourceSetting> resources;
    std::vector<UserSetting> users;
    std::vector<ClientSetting> clients;
    std::vector<ApiKeySetting> api_keys;

    Duration access_token_ttl = std::chrono::hours{1};
    Duration refresh_token_ttl = std::chrono::days{30};  // from the last rotation
    // The same client that repeats a rotation within this time gets the same successor.
    Duration refresh_replay_window = std::chrono::seconds{120};
    Duration code_ttl = std::chrono::seconds{60};
    Duration session_ttl = std::chrono::hours{12};
    // Authorization requests are pushed, or refused (RFC 9126 §5).
    bool require_pushed_requests = false;
    DeviceSettings device;
    ClientDocumentSettings client_documents;
    bool remember_consent = false;  // false: ask each time

    // Tokens that were not made here are looked for in the store, too: another server shares it.
    bool foreign_tokens = false;
    // Of either kind on each shard, where a store keeps all of them.
    std::size_t tokens_in_memory_max = 1'000'000;

    SigningSettings signing;

    Registration registration = Registration::closed;
    Secret registration_token;  // where registration is `token`
    // What a client that registers itself may have, whoever registers it; absent: as grant_table.h
    // says of each grant.
    std::optional<GrantTypes> registration_grants;
    // Per client at /token, and per address where the client is public; per address at /register.
    RateLimit rate_limit;
    // In which many people share an address: limits by address are people_behind_shared_address
    // times wider.
    std::vector<http::IpNetwork> trusted_networks;
    // That may introspect every token without credentials.
    std::vector<http::IpNetwork> introspection_open;
    // Wrong secrets that one address may send for one client in five minutes before 429.
    std::uint32_t wrong_secrets_max = 10;
    // Who is believed where something is fetched by https from a URL of a client; nothing: none is.
    std::optional<crypto::TlsTrust> outgoing_trust;
    // A registered client that somebody has consented to is kept for so long after its last use.
    Duration registered_client_ttl = std::chrono::days{90};
};

/// The names of every scope there is.
token::ScopeSet known_scopes(const Settings& settings);

}  // namespace sluice::oauth
