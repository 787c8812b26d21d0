// Authentication cache: introspection callers that have proved who they are, by what they sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "crypto/digest.h"
#include "oauth/clients/client.h"
#include "token/introspection.h"
#include "token/resource_rights.h"

namespace sluice::oauth {

/// Who asks about a token.
struct Caller {
    ClientHandle client;           // null: an API key's holder
    token::ResourceRights rights;  // to tokens of others than the client itself

    bool sees(const token::TokenInfo& token) const {
        const std::string_view audience =
            token.audience.empty() ? std::string_view() : token.audience.front();
        return rights.cover(audience) || (client && client->client_id == token.client_id);
    }
};

/// A resource server sends the same Authorization field with every request. Once it was found
/// right, its SHA-256 is remembered with what it proved: one hash then stands for decoding the
/// field, finding the client and hashing its secret. Bounded; emptied when any client changes.
class CallerCache {
public:
    static constexpr std::size_t size_max = 4096;

    /// revision  ClientDirectory::revision(). Null where nothing is remembered. Valid until
    /// remember() or a find() with another revision.
    const Caller* find(const crypto::Digest& field, std::uint64_t revision);
    void remember(const crypto::Digest& field, Caller caller, std::uint64_t revision);

private:
    void forget_older_than(std::uint64_t revision);

    std::unordered_map<crypto::Digest, Caller, crypto::DigestHash> callers_;
    std::uint64_t revision_ = 0;
};

}  // namespace sluice::oauth
