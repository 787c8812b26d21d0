// Settings of an authorization server: plain, checked values, as the configuration gives them.
#pragma once

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
#include "oauth/clients/client_keys.h"
#include "oauth/grants/grant_types.h"
#include "token/client_auth_method.h"
#include "token/introspection.h"
#include "token/resource_identifier.h"
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
    token::ScopeSet scope;    // the most it can be granted
    bool introspect = false;  // sees every token at /introspect, not its own alone
};

/// A bearer key that may introspect every token.
struct ApiKeySetting {
    std::string name;
    Secret key;
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
    // Per client at /token, and per address where the client is public; per address at /register.
    RateLimit rate_limit;
    // Wrong secrets that one address may send for one client in five minutes before 429.
    std::uint32_t wrong_secrets_max = 10;
    // Registered clients on each shard that nobody has consented to; the least recently used goes
    // first, after ten minutes in which it may be used.
    std::size_t unused_clients_max = 10'000;
    // Who is believed where something is fetched by https from a URL of a client; nothing: none is.
    std::optional<crypto::TlsTrust> outgoing_trust;
    // A registered client that was not used for this long is forgotten.
    Duration registered_client_ttl = std::chrono::days{90};
};

/// The names of every scope there is.
token::ScopeSet known_scopes(const Settings& settings);

}  // namespace sluice::oauth
