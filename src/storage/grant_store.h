// In-memory grants of one shard and their tokens.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <unordered_map>

#include "base/clock.h"
#include "crypto/digest.h"
#include "storage/claims_table.h"
#include "storage/slab.h"
#include "storage/tag_index.h"
#include "storage/token_table.h"

namespace sluice::storage {

using GrantHandle = SlabHandle;

/// One authorization; it ends with its last token, or at once when it is revoked.
struct Grant {
    Claims* claims = nullptr;  // all that was granted; a refreshed access token may say less
    token::GrantTag tag{0};
    std::uint32_t tokens = 0;  // records that refer to it
    bool by_tag = false;       // can be found by its tag
    bool is_busy = false;      // has had many tokens: those issued first may be worn out
    std::uint16_t belief = 0;  // older than GrantStore's: in doubt
};

struct AccessRecord {
    Claims* claims = nullptr;
    GrantHandle grant;
    std::uint32_t issued_at = 0;   // seconds since 1970
    std::uint32_t lifetime_s = 0;  // told as exp = issued_at + lifetime
    MonotonicTime deadline{};  // ends it at the latest: a jump of the wall clock revives nothing
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
    /// What a shard keeps where something else keeps everything.
    struct Cache {
        std::size_t tokens_max = 0;  // of either kind
    };

    /// All there is; or with `cache` a part of it.
    explicit GrantStore(std::uint64_t hash_seed, std::optional<Cache> cache = std::nullopt);

    /// Whether a grant can be found by its tag. Finding it costs an entry in an index: a grant of
    /// one token that nothing else refers to has no use for it, but that in a cache all of them
    /// have.
    enum class ByTag : bool { no, yes };

    /// A grant without tokens: add one in the same step, or it is never forgotten. Takes over the
    /// caller's reference to `claims`. No grant is found by that tag yet.
    GrantHandle create(token::GrantTag tag, Claims& claims, ByTag by_tag = ByTag::no);
    /// Null where it is gone, or in doubt.
    Grant* find(GrantHandle handle) {
        Grant* const grant = grants_.find(handle);
        return grant != nullptr && grant->belief == belief_ ? grant : nullptr;
    }
    std::optional<GrantHandle> find(token::GrantTag tag) {
        const auto handle = by_tag_.find(tag);
        return handle && find(*handle) != nullptr ? handle : std::nullopt;
    }
    /// All grants, and copies of their tokens, find nothing from now on: each until somebody knows
    /// that it lives and says believe().
    void doubt_all();
    /// Where there is a grant of that tag, it is found again.
    void believe(token::GrantTag tag);
    /// Whether an access token of that grant is worn out by those that were issued later.
    bool is_worn(token::GrantTag tag, std::int64_t issued_at);
    /// The grant and all its tokens are dead from now on. Nothing happens where it is gone already.
    void revoke(GrantHandle handle);
    /// The same by tag. Copies of its tokens end also where the grant itself is not in memory.
    void revoke(token::GrantTag tag);

    /// Counts the revocations of some grants, this one among them. Whoever has copied a token of
    /// the grant, on whatever shard, may use the copy for as long as the count stays: the only part
    /// of a store that other shards read. Lives as long as the store.
    const std::atomic<std::uint64_t>& revocations(token::GrantTag tag) const {
        return revocations_[place_of(tag)];
    }

    struct AccessTimes {
        std::int64_t issued_at = 0;  // seconds since 1970
        Duration lifetime{};
        MonotonicTime issued;  // the same moment on the clock that decides
    };
    /// Takes over the caller's reference to `claims`. The grant must be alive, the digest new. Of
    /// more than access_tokens_max of a grant those issued first are worn out: they are not found.
    void add_access(const crypto::Digest& digest, GrantHandle grant, Claims& claims,
                    const AccessTimes& times);
    void add_refresh(const crypto::Digest& digest, GrantHandle grant, MonotonicTime deadline);
    /// So that the digest is new: forgets a token that is there.
    void forget_access(const crypto::Digest& digest);
    void forget_refresh(const crypto::Digest& digest);

    // Null where there is no such token, it has expired, or its grant is dead. Valid until the
    // store is changed.
    AccessRecord* find_access(const crypto::Digest& digest, MonotonicTime now);
    RefreshRecord* find_refresh(const crypto::Digest& digest, MonotonicTime now);

    /// Starts to fetch what find_access() will read: worth it as soon as the digest is known.
    void prefetch_access(const crypto::Digest& digest) const { access_.prefetch(digest); }

    ClaimsTable& claims() { return claims_; }

    /// Of a cache that has become too large, forgets any tokens, a segment at a time. Call it
    /// before anything is looked up to be added to.
    void make_room();

    /// Forgets some of what has expired: a whole round takes about six thousand calls, each bounded
    /// to a few segments.
    void sweep(MonotonicTime now);

    std::size_t token_count() const { return access_.size() + refresh_.size(); }
    std::size_t grant_count() const { return grants_.size(); }

private:
    // Tags of one shard share their low bits.
    static constexpr std::size_t revocation_counts = 256;
    static std::size_t place_of(token::GrantTag tag) {
        return (tag.value() >> 32 ^ tag.value() >> 16) % revocation_counts;
    }
    // Tokens of a grant that has many, in batches by when they were issued.
    struct Batches {
        std::int64_t worn_before = 0;  // seconds since 1970
        std::int64_t began = 0;        // the batch that is being filled
        std::size_t count = 0;
    };
    void count_access(GrantHandle handle, Grant& grant, std::int64_t issued_at);
    bool is_worn(SlabHandle handle, std::int64_t issued_at) const;
    void end(GrantHandle handle);
    void drop_token(GrantHandle handle);
    void drop_access(const AccessRecord& record);  // what hangs on it; the record itself stays

    alignas(64) std::array<std::atomic<std::uint64_t>, revocation_counts> revocations_{};
    Slab<Grant> grants_;
    TokenTable<AccessRecord> access_;
    TokenTable<RefreshRecord> refresh_;
    ClaimsTable claims_;
    TagIndex by_tag_;
    std::optional<Cache> cache_;
    std::uint16_t belief_ = 0;
    std::unordered_map<std::uint32_t, Batches> busy_;  // by the grant's place
};

}  // namespace sluice::storage
