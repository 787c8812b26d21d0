// Introspection cache (RFC 7662 §4): active tokens that another server has told about, for a
// bounded time and number.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>

#include "base/clock.h"
#include "crypto/digest.h"
#include "token/introspection.h"

namespace sluice::resource {

/// Keyed by the token's SHA-256; the least recently used goes first. Never holds a refusal.
class IntrospectionCache {
public:
    explicit IntrospectionCache(std::size_t entries_max) : entries_max_(entries_max) {}

    /// Null where it is not known or its time is over. Valid until the next call of any member.
    const token::TokenInfo* find(const crypto::Digest& token, MonotonicTime now);
    void insert(const crypto::Digest& token, const token::TokenInfo& info, MonotonicTime until);
    void forget(const crypto::Digest& token);
    std::size_t size() const { return places_.size(); }

private:
    struct Entry {
        crypto::Digest token;
        token::TokenInfo info;
        MonotonicTime until;
    };
    using Entries = std::list<Entry>;

    void erase(Entries::iterator entry);

    std::size_t entries_max_;
    Entries entries_;  // the most recently used first
    std::unordered_map<crypto::Digest, Entries::iterator, crypto::DigestHash> places_;
};

}  // namespace sluice::resource
