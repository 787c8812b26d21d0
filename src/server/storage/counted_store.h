// Store metrics: a shard's store that counts what it is asked, for /metrics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "io/shard.h"
#include "storage/store.h"

namespace sluice::server {

struct StoreCounts {
    static constexpr std::array<std::string_view, 11> operations = {
        "add_grant", "redeem", "rotate", "add_access", "revoke",     "load",
        "put",       "get",    "erase",  "list",       "find_grants"};
    /// Upper bounds of the duration buckets, in microseconds; a last one has no bound.
    static constexpr std::array<std::uint32_t, 9> duration_bounds_us = {
        100, 250, 500, 1'000, 2'500, 10'000, 100'000, 1'000'000, 5'000'000};

    struct PerOperation {
        std::uint64_t answered = 0;     // conflicts too
        std::uint64_t unavailable = 0;  // the store gave no answer
        std::uint64_t overloaded = 0;   // it was not even asked
    };
    std::array<PerOperation, operations.size()> by_operation{};
    std::array<std::uint64_t, duration_bounds_us.size() + 1> duration_buckets{};
    std::uint64_t duration_total_us = 0;
    std::uint64_t waiting = 0;      // under way now
    std::uint64_t shards_away = 0;  // that cannot reach the store now

    StoreCounts& operator+=(const StoreCounts& other);
};

/// Appends the text that Prometheus scrapes.
void append_prometheus(std::string& out, const StoreCounts& total);
/// The same of a store that others write to: whether it hears of their revocations.
void append_feed(std::string& out, bool follows);

class CountedStore final : public storage::Store {
public:
    CountedStore(io::Shard& shard, std::unique_ptr<storage::Store> store)
        : shard_(shard), store_(std::move(store)) {}

    StoreCounts counts() const;

    io::Task<void> run(io::CancelScope& scope) override { return store_->run(scope); }
    void listen(storage::StoreListener& listener) override { store_->listen(listener); }
    storage::StoreState state() const override { return store_->state(); }
    bool keeps_nothing() const override { return store_->keeps_nothing(); }
    bool is_shared() const override { return store_->is_shared(); }

    io::Task<storage::StoreResult<storage::Outcome>> add_grant(
        const storage::NewTokens& tokens) override;
    io::Task<storage::StoreResult<storage::Outcome>> redeem(
        const storage::DocumentKey& code, const storage::Document& redeemed,
        const storage::NewTokens& tokens) override;
    io::Task<storage::StoreResult<storage::Outcome>> rotate(
        const storage::Replaced& replaced, const storage::NewTokens& tokens) override;
    io::Task<storage::StoreResult<storage::Outcome>> add_access(
        const storage::NewTokens& tokens) override;
    io::Task<storage::StoreResult<>> revoke(token::GrantTag tag) override;
    io::Task<storage::StoreResult<storage::Family>> load(
        const storage::TokenKey& presented) override;
    io::Task<storage::StoreResult<std::vector<storage::StoredGrant>>> find_grants(
        const storage::GrantFilter& filter, storage::TagRange part) override;
    io::Task<storage::StoreResult<storage::Outcome>> put(const storage::Document& document,
                                                         storage::PutMode mode) override;
    io::Task<storage::StoreResult<std::optional<std::string>>> get(
        const storage::DocumentKey& key) override;
    io::Task<storage::StoreResult<storage::Outcome>> erase(
        const storage::DocumentKey& key) override;
    io::Task<storage::StoreResult<std::vector<storage::StoredDocument>>> list(
        storage::DocumentKind kind, std::string_view after, std::size_t count_max) override;

private:
    template <class T>
    io::Task<storage::StoreResult<T>> count(std::size_t operation,
                                            io::Task<storage::StoreResult<T>> task);

    io::Shard& shard_;
    std::unique_ptr<storage::Store> store_;
    StoreCounts counts_;
};

}  // namespace sluice::server
