// All that one shard of the authorization server holds. Endpoints are functions over it; what
// belongs to another shard is reached by peers.call().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.h"
#include "oauth/authorization/password_check.h"
#include "oauth/authorization/person_attributes.h"
#include "oauth/authorization_server.h"
#include "oauth/clients/caller_cache.h"
#include "oauth/clients/client_directory.h"
#include "oauth/clients/client_document_cache.h"
#include "oauth/clients/remote_client_keys.h"
#include "oauth/device/device_poll.h"
#include "oauth/introspection/remote_token_cache.h"
#include "oauth/keys.h"
#include "oauth/limits/attempt_throttle.h"
#include "oauth/limits/login_throttle.h"
#include "oauth/limits/rate_limiter.h"
#include "oauth/pages/page_style.h"
#include "storage/text_hash.h"
#include "storage/working_set.h"
#include "token/token_text.h"

namespace sluice::oauth {

struct ShardState {
    ShardState(const AuthorizationServer::Parts& parts, Peers& every_shard);
    ShardState(const ShardState&) = delete;
    ShardState& operator=(const ShardState&) = delete;

    io::Shard& shard;
    const Settings& settings;
    Keys keys;
    bool has_keys;  // false: they are still to come out of the store
    storage::Store& store;
    io::WorkerPool& workers;
    Observer& observer;
    const Peers& peers;
    storage::SharedWindows* const shared_windows;  // null: this box counts for itself
    http::Client* const http_client;               // null: nothing is ever fetched

    // Copies of what every shard has.
    const std::uint64_t hash_seed;
    const bool secure;  // the issuer is https
    ClientDirectory clients;
    storage::TextMap<const UserSetting*> users;
    std::string metadata_json;
    PageStyle page_style;
    // What this server is called in client assertions.
    const std::vector<std::string> assertion_audiences;
    RemoteClientKeys client_keys;

    // What lives on this shard because of its tag: `tag % shards`.
    storage::WorkingSet tokens;

    // What lives on this shard because of its name: see owner_of().
    RateLimiter token_limits;         // by client_id, and address where the client is public
    RateLimiter registration_limits;  // by address
    AttemptThrottle wrong_secrets;    // by client_id and address
    LoginThrottle logins;
    DevicePace device_pace;             // by the request's key
    AttemptThrottle user_code_guesses;  // by address
    ClientDocumentCache documents;      // by URL
    PasswordCost password_cost;
    PersonCache persons{person_cache_ttl, person_cache_size_max};

    CallerCache callers;  // that have proved who they are
    RemoteTokenCache remote_tokens{tokens.memory().claims()};

    /// The shard that keeps what belongs to `name`: a client, a user, an address.
    unsigned owner_of(std::string_view name) const;
    unsigned owner_of(token::GrantTag tag) const { return tag.shard(peers.count()); }
    unsigned here() const { return shard.index(); }

    MonotonicTime now() const { return shard.now(); }

    /// Forgets a bounded part of what has expired.
    void sweep();
};

/// A tag that this shard owns: what it starts itself stays with it.
inline token::GrantTag new_tag(ShardState& state) {
    return token::GrantTag::generate_for_shard(state.shard.random(), state.here(),
                                               state.peers.count());
}

}  // namespace sluice::oauth
