#include "server/storage/counted_store.h"

#include <algorithm>
#include <functional>

#include "base/check.h"

namespace sluice::server {
namespace {

enum Operation : std::size_t {
    add_grant_operation,
    redeem_operation,
    rotate_operation,
    add_access_operation,
    revoke_operation,
    load_operation,
    put_operation,
    get_operation,
    erase_operation,
    list_operation,
    find_grants_operation,
};

std::size_t bucket_of(std::uint64_t us) {
    const auto& bounds = StoreCounts::duration_bounds_us;
    return static_cast<std::size_t>(std::ranges::lower_bound(bounds, us) - bounds.begin());
}

}  // namespace

template <class T>
io::Task<storage::StoreResult<T>> CountedStore::count(std::size_t operation,
                                                      io::Task<storage::StoreResult<T>> task) {
    const MonotonicTime begun = shard_.precise_now();
    ++counts_.waiting;
    auto result = co_await std::move(task);
    CHECK(counts_.waiting > 0);
    --counts_.waiting;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(shard_.precise_now() - begun);
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
    ++counts_.duration_buckets[bucket_of(us)];
    counts_.duration_total_us += us;
    CHECK(operation < counts_.by_operation.size());
    StoreCounts::PerOperation& counted = counts_.by_operation[operation];
    if (result) {
        ++counted.answered;
    } else {
        ++(result.error() == storage::StoreError::overloaded ? counted.overloaded
                                                             : counted.unavailable);
    }
    co_return result;
}

StoreCounts CountedStore::counts() const {
    StoreCounts counts = counts_;
    counts.shards_away = store_->state() == storage::StoreState::available ? 0 : 1;
    return counts;
}

io::Task<storage::StoreResult<storage::Outcome>> CountedStore::add_grant(
    const storage::NewTokens& tokens) {
    return count(add_grant_operation, store_->add_grant(tokens));
}

io::Task<storage::StoreResult<storage::Outcome>> CountedStore::redeem(
    const storage::DocumentKey& code, const storage::Document& redeemed,
    const storage::NewTokens& tokens) {
    return count(redeem_operation, store_->redeem(code, redeemed, tokens));
}

io::Task<storage::StoreResult<storage::Outcome>> CountedStore::rotate(
    const storage::Replaced& replaced, const storage::NewTokens& tokens) {
    return count(rotate_operation, store_->rotate(replaced, tokens));
}

io::Task<storage::StoreResult<storage::Outcome>> CountedStore::add_access(
    const storage::NewTokens& tokens) {
    return count(add_access_operation, store_->add_access(tokens));
}

io::Task<storage::StoreResult<>> CountedStore::revoke(token::GrantTag tag) {
    return count(revoke_operation, store_->revoke(tag));
}

io::Task<storage::StoreResult<storage::Family>> CountedStore::load(
    const storage::TokenKey& presented) {
    return count(load_operation, store_->load(presented));
}

io::Task<storage::StoreResult<std::vector<storage::StoredGrant>>> CountedStore::find_grants(
    const storage::GrantFilter& filter, storage::TagRange part) {
    return count(find_grants_operation, store_->find_grants(filter, part));
}

io::Task<storage::StoreResult<storage::Outcome>> CountedStore::put(
    const storage::Document& document, storage::PutMode mode) {
    return count(put_operation, store_->put(document, mode));
}

io::Task<storage::StoreResult<std::optional<std::string>>> CountedStore::get(
    const storage::DocumentKey& key) {
    return count(get_operation, store_->get(key));
}

io::Task<storage::StoreResult<storage::Outcome>> CountedStore::erase(
    const storage::DocumentKey& key) {
    return count(erase_operation, store_->erase(key));
}

io::Task<storage::StoreResult<std::vector<storage::StoredDocument>>> CountedStore::list(
    storage::DocumentKind kind, std::string_view after, std::size_t count_max) {
    return count(list_operation, store_->list(kind, after, count_max));
}

}  // namespace sluice::server
