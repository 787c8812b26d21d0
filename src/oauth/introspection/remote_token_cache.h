// Remote token cache: tokens that live on other shards, so that asking again costs no message.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/huge_pages.h"
#include "crypto/digest.h"
#include "io/task.h"
#include "storage/grant_store.h"
#include "storage/store.h"
#include "token/introspection.h"

namespace sluice::oauth {

/// What the owner of an access token tells of it, read in one step there.
struct RemoteToken {
    token::TokenInfo info;  // without times
    std::uint32_t issued_at = 0;
    std::uint32_t lifetime_s = 0;
    MonotonicTime deadline{};
    const std::atomic<std::uint64_t>* revocations = nullptr;  // of its grant
    std::uint64_t revocations_seen = 0;

    static RemoteToken of(storage::GrantStore& grants, const storage::AccessRecord& record);
};

/// A copy is good while no grant that shares its count of revocations was revoked: a revocation is
/// in force on every shard at once, before anybody is told of it. Bounded: a newer token takes the
/// place of an older one.
class RemoteTokenCache {
public:
    static constexpr std::size_t size_max = std::size_t{1} << 16;

    /// `claims` are this shard's own, for what copies say; they outlive the copies.
    explicit RemoteTokenCache(storage::ClaimsTable& claims) : claims_(claims) {}

    /// Null where there is no copy that is good. Valid until keep().
    const storage::AccessRecord* find(const crypto::Digest& digest, MonotonicTime now) const;
    const storage::AccessRecord& keep(const crypto::Digest& digest, const RemoteToken& token);

private:
    struct Place {
        crypto::Digest digest{};
        storage::AccessRecord record;  // without claims: nothing is here
        const std::atomic<std::uint64_t>* revocations = nullptr;
        std::uint64_t revocations_seen = 0;
    };

    Place& place_of(const crypto::Digest& digest) const;

    storage::ClaimsTable& claims_;
    HugePages memory_;  // of all places; none before the first copy. Zeroes are an empty place
};

struct ShardState;

/// The access token where it is in this shard's memory, its own or a copy; else null. Valid until
/// the shard suspends.
const storage::AccessRecord* find_access_here(ShardState& state, unsigned owner,
                                              const crypto::Digest& digest);
/// The access token from wherever it is, the store included; what comes from another shard is
/// copied. Null where it is not active. Valid until the shard suspends. `key` lives until the task
/// ends.
io::Task<storage::StoreResult<const storage::AccessRecord*>> fetch_access(
    ShardState& state, unsigned owner, const storage::TokenKey& key);

}  // namespace sluice::oauth
