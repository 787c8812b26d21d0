// Write-through token cache of one shard: in memory what is in use, behind it the store that has
// all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "io/shard.h"
#include "io/task.h"
#include "storage/grant_store.h"
#include "storage/store.h"

namespace sluice::storage {

/// What is found in memory is answered from memory. A miss asks the store, and a write is in the
/// store before it is in memory: of several that change one grant the store decides who was first.
/// Where memory is all there is (Store::keeps_nothing()) nothing ever suspends. Belongs to the
/// shard that owns the tags.
class WorkingSet {
public:
    struct Settings {
        std::string_view issuer;           // outlives the working set
        Duration refresh_replay_window{};  // how long a replaced refresh token is still known
        std::size_t tokens_max = 0;        // in memory, of either kind, where a store has them all
        std::size_t loads_max = 1024;      // under way at once
    };

    WorkingSet(io::Shard& shard, Store& store, const Settings& settings, std::uint64_t hash_seed);
    WorkingSet(const WorkingSet&) = delete;
    WorkingSet& operator=(const WorkingSet&) = delete;
    ~WorkingSet();

    /// What is in memory.
    GrantStore& memory() { return memory_; }
    const GrantStore& memory() const { return memory_; }

    /// False where another box may have revoked something without this one having heard of it:
    /// memory must not be believed then, copies neither.
    bool is_trusted() const { return shard_.now() < trusted_until_; }

    /// Null where memory has no such token, or may not be believed. Never suspends.
    AccessRecord* find_access(const crypto::Digest& digest) {
        return is_trusted() ? memory_.find_access(digest, shard_.now()) : nullptr;
    }

    // Records are null where there is no such token, and valid until the shard suspends.

    io::Task<StoreResult<AccessRecord*>> read_access(TokenKey key);
    io::Task<StoreResult<RefreshRecord*>> read_refresh(TokenKey key);
    /// What the store says now takes the place of what memory has of that grant. Where several ask
    /// about one grant, one question is enough.
    io::Task<StoreResult<>> reload(TokenKey key);

    // Writes: Store's functions, and memory follows.

    io::Task<StoreResult<Outcome>> add_grant(const NewTokens& tokens);
    io::Task<StoreResult<Outcome>> redeem(const DocumentKey& code, const Document& redeemed,
                                          const NewTokens& tokens);
    io::Task<StoreResult<Outcome>> rotate(const Replaced& replaced, const NewTokens& tokens);
    io::Task<StoreResult<Outcome>> add_access(const NewTokens& tokens);
    /// Dead in memory at once. `known` is where it was found: some grants cannot be found by their
    /// tag.
    io::Task<StoreResult<>> revoke(token::GrantTag tag, std::optional<GrantHandle> known);

    // What the store hears from others; see StoreListener.

    void on_revoked(token::GrantTag tag);
    void on_trust(MonotonicTime until) { trusted_until_ = until; }
    void on_gap();

private:
    // From before the store is asked until memory follows: a revocation in between wins.
    class RequestContext;
    // A question to the store under way, and what it gave those who waited along.
    struct Flight;

    using Knows = bool (*)(WorkingSet& set, const crypto::Digest& digest);
    io::Task<StoreResult<>> miss(TokenKey key, Knows knows);
    std::shared_ptr<Flight> flight_for(const TokenKey& key) const;
    io::Task<StoreResult<>> load(const TokenKey& key);
    io::Task<StoreResult<>> join(std::shared_ptr<Flight> flight, const TokenKey& key);
    void install_grant(const RequestContext& visit, const NewTokens& tokens,
                       GrantStore::ByTag by_tag);
    void install_tokens(GrantHandle grant, const NewTokens& tokens);
    void install(const RequestContext& visit, Family family);
    void forget_expired(const Family& family);
    void install_refresh(GrantHandle grant, const StoredToken& token);
    void check_owner(token::GrantTag tag) const;
    bool is_over(const StoredToken& token) const;
    MonotonicTime deadline_of(const StoredToken& token) const;
    Claims& claims_of(const GrantClaims& claims);

    io::Shard& shard_;
    Store& store_;
    Settings settings_;
    GrantStore memory_;
    MonotonicTime trusted_until_;
    RequestContext* visits_ = nullptr;
    std::vector<std::shared_ptr<Flight>> flights_;
};

}  // namespace sluice::storage
