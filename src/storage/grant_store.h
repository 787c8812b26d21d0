// The grants of one shard and their tokens, in memory.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/clock.h"
#include "crypto/digest.h"
#include "storage/claims_table.h"
#include "storage/slab.h"
#include "storage/token_table.h"

namespace sluice::storage {

using GrantHandle = SlabHandle;

/// One authorization; it ends with its last token, or at once when it is revoked.
struct Grant {
    Claims* claims = nullptr;  // all that was granted; a refreshed access token may say less
    std::uint32_t tokens = 0;  // records that refer to it
};

struct AccessRecord {
    Claims* claims = nullptr;
    GrantHandle grant;
    std::uint32_t issued_at = 0;   // seconds since 1970
    std::uint32_t lifetime_s = 0;  // told as exp = issued_at + lifetime
    MonotonicTime deadline{};      // decides, so that a jump of the wall clock revives nothing
};

struct RefreshRecord {
    GrantHandle grant;
    MonotonicTime deadline{};    // once rotated: the end of the replay window
    MonotonicTime rotated_at{};  // not rotated: the epoch
    bool rotated() const { return rotated_at != MonotonicTime{}; }
};

/// Synchronous throughout: what one call does cannot be interleaved. `now` is the shard's.
class GrantStore {
public:
    explicit GrantStore(std::uint64_t hash_seed) : claims_(hash_seed) {}

    /// A grant without tokens: add one in the same step, or it is never forgotten. Takes over the
    /// caller's reference to `claims`.
    GrantHandle create(Claims& claims);
    Grant* find(GrantHandle handle) { return grants_.find(handle); }
    /// The grant and all its tokens are dead from now on. Nothing happens where it is gone already.
    void revoke(GrantHandle handle);

    /// Counts the revocations of some grants, this one among them. Whoever has copied a token of
    /// the grant, on whatever shard, may use the copy for as long as the count stays: the only part
    /// of a store that other shards read. Lives as long as the store.
    const std::atomic<std::uint64_t>& revocations(GrantHandle handle) const {
        return revocations_[handle.place % revocations_.size()];
    }

    struct AccessTimes {
        std::int64_t issued_at = 0;  // seconds since 1970
        Duration lifetime{};
        MonotonicTime now;
    };
    /// Takes over the caller's reference to `claims`. The grant must be alive, the digest new.
    void add_access(const crypto::Digest& digest, GrantHandle grant, Claims& claims,
                    const AccessTimes& times);
    void add_refresh(const crypto::Digest& digest, GrantHandle grant, MonotonicTime deadline);

    // Null where there is no such token, it has expired, or its grant is dead. Valid until the
    // store is changed.
    AccessRecord* find_access(const crypto::Digest& digest, MonotonicTime now);
    RefreshRecord* find_refresh(const crypto::Digest& digest, MonotonicTime now);

    /// Starts to fetch what find_access() will read: worth it as soon as the digest is known.
    void prefetch_access(const crypto::Digest& digest) const { access_.prefetch(digest); }

    ClaimsTable& claims() { return claims_; }

    /// Forgets some of what has expired: a whole round takes about six thousand calls, each bounded
    /// to a few segments.
    void sweep(MonotonicTime now);

    std::size_t token_count() const { return access_.size() + refresh_.size(); }
    std::size_t grant_count() const { return grants_.size(); }

private:
    void end(GrantHandle handle);
    void drop_token(GrantHandle handle);

    alignas(64) std::array<std::atomic<std::uint64_t>, 256> revocations_{};
    Slab<Grant> grants_;
    TokenTable<AccessRecord> access_;
    TokenTable<RefreshRecord> refresh_;
    ClaimsTable claims_;
};

}  // namespace sluice::storage
