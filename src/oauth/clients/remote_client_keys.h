// Clients' remote key sets (`jwks_uri`, RFC 7591 §2), as one shard has fetched them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "http/client.h"
#include "oauth/clients/client.h"
#include "token/remote_jwks.h"

namespace sluice::oauth {

/// Bounded: the set that was asked for longest ago makes room.
class RemoteClientKeys {
public:
    static constexpr std::size_t sets_max = 1000;

    /// http_client  Null: nothing is ever fetched. All outlive this.
    RemoteClientKeys(io::Shard& shard, http::Client* http_client, const Settings& settings)
        : shard_(shard), http_client_(http_client), settings_(settings) {}

    /// The keys that `client` has now to verify `jws` with, wherever they are. What is fetched for
    /// a client that registered itself comes from a public address alone.
    /// Errors: 503 where they have to be fetched and cannot be. `jws` lives until the task ends.
    io::Task<Result<token::RemoteJwks::Keys>> keys_of(ClientHandle client, const crypto::Jws& jws);

private:
    struct Entry {
        std::shared_ptr<token::RemoteJwks> keys;
        MonotonicTime asked_at{};
    };

    std::shared_ptr<token::RemoteJwks> find(const Client& client);
    void make_room();

    io::Shard& shard_;
    http::Client* const http_client_;
    const Settings& settings_;
    std::unordered_map<std::string, Entry> sets_;
};

}  // namespace sluice::oauth
