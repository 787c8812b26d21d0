// Creating, finding and forgetting grants and tokens.
#include "storage/grant_store.h"

#include <algorithm>

#include "base/check.h"
#include "storage/store.h"

namespace sluice::storage {
namespace {

constexpr std::size_t sweeps_in_a_round = 6000;
constexpr std::size_t batch_size = access_tokens_max / 2;

template <class Record>
std::size_t segments_to_sweep(const TokenTable<Record>& table) {
    return table.slots() / TokenTable<Record>::segment_slots / sweeps_in_a_round + 1;
}

}  // namespace

GrantStore::GrantStore(std::uint64_t hash_seed, std::optional<Cache> cache)
    : claims_(hash_seed), cache_(cache) {}

GrantHandle GrantStore::create(token::GrantTag tag, Claims& claims, ByTag by_tag) {
    CHECK(claims.references > 0);
    const bool findable = cache_ || by_tag == ByTag::yes;
    // One in doubt is dead, since another grant may have its tag.
    if (const auto doubted = findable ? by_tag_.find(tag) : std::nullopt) revoke(*doubted);
    const GrantHandle handle = grants_.add(
        {.claims = &claims, .tag = tag, .tokens = 0, .by_tag = findable, .belief = belief_});
    if (findable) by_tag_.add(tag, handle);
    return handle;
}

void GrantStore::doubt_all() {
    ++belief_;
    for (auto& count : revocations_) count.fetch_add(1);
}

void GrantStore::believe(token::GrantTag tag) {
    const auto handle = by_tag_.find(tag);
    if (handle) grants_.find(*handle)->belief = belief_;
}

void GrantStore::revoke(GrantHandle handle) {
    const Grant* const grant = grants_.find(handle);
    if (grant == nullptr) return;
    const std::size_t place = place_of(grant->tag);
    end(handle);
    revocations_[place].fetch_add(1);
}

void GrantStore::revoke(token::GrantTag tag) {
    if (const auto handle = by_tag_.find(tag)) end(*handle);
    revocations_[place_of(tag)].fetch_add(1);
}

void GrantStore::end(GrantHandle handle) {
    const Grant* grant = grants_.find(handle);
    CHECK(grant != nullptr, "a grant ends once");
    claims_.release(*grant->claims);
    if (grant->by_tag) by_tag_.remove(grant->tag);
    if (grant->is_busy) busy_.erase(handle.place);
    grants_.remove(handle);  // its tokens find no grant from now on; sweep() drops them
}

void GrantStore::add_access(const crypto::Digest& digest, GrantHandle grant, Claims& claims,
                            const AccessTimes& times) {
    Grant* owner = find(grant);
    CHECK(owner != nullptr);
    ++owner->tokens;
    if (owner->is_busy || owner->tokens > batch_size) count_access(grant, *owner, times.issued_at);
    CHECK(claims.references > 0 && times.lifetime > Duration::zero());
    const auto lifetime_s = std::chrono::floor<Seconds>(times.lifetime).count();
    access_.insert(digest, {.claims = &claims,
                            .grant = grant,
                            .issued_at = static_cast<std::uint32_t>(times.issued_at),
                            .lifetime_s = static_cast<std::uint32_t>(lifetime_s),
                            .deadline = times.issued + times.lifetime});
}

// Once a batch is full, what was issued before it began is worn out.
void GrantStore::count_access(GrantHandle handle, Grant& grant, std::int64_t issued_at) {
    Batches& batches = busy_[handle.place];
    grant.is_busy = true;
    if (batches.began == 0) batches.began = issued_at;
    if (++batches.count <= batch_size) return;
    batches = {.worn_before = std::max(batches.worn_before, batches.began),
               .began = issued_at,
               .count = 1};
    revocations_[place_of(grant.tag)].fetch_add(1);  // of copies too
}

bool GrantStore::is_worn(SlabHandle handle, std::int64_t issued_at) const {
    const auto batches = busy_.find(handle.place);
    return batches != busy_.end() && issued_at < batches->second.worn_before;
}

bool GrantStore::is_worn(token::GrantTag tag, std::int64_t issued_at) {
    const auto handle = find(tag);
    return handle && is_worn(*handle, issued_at);
}

void GrantStore::add_refresh(const crypto::Digest& digest, GrantHandle grant,
                             MonotonicTime deadline) {
    Grant* owner = grants_.find(grant);
    CHECK(owner != nullptr);
    ++owner->tokens;
    refresh_.insert(digest, {.grant = grant, .deadline = deadline, .rotated_at = {}});
}

AccessRecord* GrantStore::find_access(const crypto::Digest& digest, MonotonicTime now) {
    AccessRecord* record = access_.find(digest);
    if (record == nullptr || record->deadline <= now) return nullptr;
    const Grant* const grant = find(record->grant);
    if (grant == nullptr || (grant->is_busy && is_worn(record->grant, record->issued_at)))
        return nullptr;
    return record;
}

RefreshRecord* GrantStore::find_refresh(const crypto::Digest& digest, MonotonicTime now) {
    RefreshRecord* record = refresh_.find(digest);
    if (record == nullptr || record->deadline <= now) return nullptr;
    return find(record->grant) != nullptr ? record : nullptr;
}

void GrantStore::drop_token(GrantHandle handle) {
    Grant* grant = grants_.find(handle);
    CHECK(grant == nullptr || grant->tokens > 0);
    if (grant != nullptr && --grant->tokens == 0) end(handle);  // all of them have expired
}

void GrantStore::drop_access(const AccessRecord& record) {
    drop_token(record.grant);
    claims_.release(*record.claims);
}

void GrantStore::forget_access(const crypto::Digest& digest) {
    const AccessRecord* const record = access_.find(digest);
    if (record == nullptr) return;
    drop_access(*record);
    access_.erase(digest);
}

void GrantStore::forget_refresh(const crypto::Digest& digest) {
    const RefreshRecord* const record = refresh_.find(digest);
    if (record == nullptr) return;
    drop_token(record->grant);
    refresh_.erase(digest);
}

void GrantStore::make_room() {
    if (!cache_) return;
    if (access_.size() > cache_->tokens_max) {
        access_.sweep(1, [&](const AccessRecord& record) {
            drop_access(record);
            return true;
        });
    }
    if (refresh_.size() > cache_->tokens_max) {
        refresh_.sweep(1, [&](const RefreshRecord& record) {
            drop_token(record.grant);
            return true;
        });
    }
}

void GrantStore::sweep(MonotonicTime now) {
    const auto is_over = [&](const auto& record) {
        return record.deadline <= now || grants_.find(record.grant) == nullptr;
    };
    const auto soon = [&](const auto& record) { grants_.prefetch(record.grant); };
    const auto access_is_over = [&](const AccessRecord& record) {
        if (!is_over(record)) return false;
        drop_access(record);
        return true;
    };
    const auto refresh_is_over = [&](const RefreshRecord& record) {
        if (!is_over(record)) return false;
        drop_token(record.grant);
        return true;
    };
    access_.sweep(segments_to_sweep(access_), access_is_over, soon);
    refresh_.sweep(segments_to_sweep(refresh_), refresh_is_over, soon);
}

}  // namespace sluice::storage
