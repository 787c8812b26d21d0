// Creating, finding and forgetting grants and tokens.
#include "storage/grant_store.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::storage {
namespace {

constexpr std::size_t sweeps_in_a_round = 6000;

template <class Record>
std::size_t segments_to_sweep(const TokenTable<Record>& table) {
    return table.slots() / TokenTable<Record>::segment_slots / sweeps_in_a_round + 1;
}

}  // namespace

GrantHandle GrantStore::create(Claims& claims) {
    return grants_.add({&claims, 0});
}

void GrantStore::revoke(GrantHandle handle) {
    if (grants_.find(handle) == nullptr) return;
    end(handle);
    revocations_[handle.place % revocations_.size()].fetch_add(1);
}

void GrantStore::end(GrantHandle handle) {
    const Grant* grant = grants_.find(handle);
    claims_.release(*grant->claims);
    grants_.remove(handle);  // its tokens find no grant from now on; sweep() drops them
}

void GrantStore::add_access(const crypto::Digest& digest, GrantHandle grant, Claims& claims,
                            const AccessTimes& times) {
    Grant* owner = grants_.find(grant);
    CHECK(owner != nullptr);
    ++owner->tokens;
    const auto lifetime_s = std::chrono::floor<Seconds>(times.lifetime).count();
    access_.insert(digest, {.claims = &claims,
                            .grant = grant,
                            .issued_at = static_cast<std::uint32_t>(times.issued_at),
                            .lifetime_s = static_cast<std::uint32_t>(lifetime_s),
                            .deadline = times.now + times.lifetime});
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
    return grants_.find(record->grant) != nullptr ? record : nullptr;
}

RefreshRecord* GrantStore::find_refresh(const crypto::Digest& digest, MonotonicTime now) {
    RefreshRecord* record = refresh_.find(digest);
    if (record == nullptr || record->deadline <= now) return nullptr;
    return grants_.find(record->grant) != nullptr ? record : nullptr;
}

void GrantStore::drop_token(GrantHandle handle) {
    Grant* grant = grants_.find(handle);
    if (grant != nullptr && --grant->tokens == 0) end(handle);  // all of them have expired
}

void GrantStore::sweep(MonotonicTime now) {
    const auto is_over = [&](const auto& record) {
        if (record.deadline > now && grants_.find(record.grant) != nullptr) return false;
        drop_token(record.grant);
        return true;
    };
    const auto soon = [&](const auto& record) { grants_.prefetch(record.grant); };
    const auto access_is_over = [&](const AccessRecord& record) {
        if (!is_over(record)) return false;
        claims_.release(*record.claims);
        return true;
    };
    access_.sweep(segments_to_sweep(access_), access_is_over, soon);
    refresh_.sweep(segments_to_sweep(refresh_), is_over, soon);
}

}  // namespace sluice::storage
