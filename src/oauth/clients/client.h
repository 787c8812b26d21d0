// OAuth client (RFC 6749 §2), configured or registered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/digest.h"
#include "oauth/clients/client_keys.h"
#include "oauth/settings.h"
#include "token/resource_rights.h"
#include "token/scope.h"

namespace sluice::oauth {

/// Immutable once it is known to a shard.
struct Client {
    std::string client_id;
    std::string name;  // for people to read; empty where none was given
    ClientAuthMethod auth_method = ClientAuthMethod::none;
    crypto::Digest secret_digest{};  // SHA-256 of the secret, where there is one
    ClientKeys keys;                 // of private_key_jwt
    std::vector<std::string> redirect_uris;
    GrantTypes grant_types;
    std::optional<token::ScopeSet> scope_max;  // nothing: every scope there is
    token::ResourceRights introspect{};
    bool registered = false;      // by itself (RFC 7591): nobody has verified its name
    std::string document_host;    // of a client ID metadata document; empty: it has none
    std::int64_t renewed_at = 0;  // seconds since 1970: when its time in the store began

    /// RFC 6749 §2.1: it has something to authenticate with, a secret or a key.
    bool confidential() const { return token::is_confidential(auth_method); }
    bool has_secret() const { return token::has_secret(auth_method); }
};

/// Shared within one shard, so that a client that is forgotten lives on until its last request
/// ends.
using ClientHandle = std::shared_ptr<const Client>;

}  // namespace sluice::oauth
