// SQLite store of one shard: its way to the engine's threads.
#pragma once

#include <coroutine>

#include "base/check.h"
#include "io/event.h"
#include "io/sharded.h"
#include "storage/sqlite/health.h"
#include "storage/sqlite/job_queue.h"
#include "storage/store.h"

namespace sluice::storage::sqlite {

class SqliteStore;
using ShardStores = io::Sharded<SqliteStore>;

class SqliteStore final : public Store {
public:
    /// is_tool  Revocations are told to the server that runs beside it.
    SqliteStore(io::Shard& shard, Health& health, JobQueue& writes, JobQueue& reads,
                ShardStores& stores, bool is_tool)
        : shard_(shard),
          health_(health),
          writes_(writes),
          reads_(reads),
          stores_(stores),
          is_tool_(is_tool),
          idle_(shard) {
        stores.set(shard.index(), *this);
    }

    io::Task<void> run(io::CancelScope& scope) override;
    void listen(StoreListener& listener) override {
        CHECK(listener_ == nullptr, "somebody listens already");
        listener_ = &listener;
    }
    StoreState state() const override { return health_.state(); }
    bool keeps_nothing() const override { return false; }
    bool is_shared() const override { return false; }

    io::Task<StoreResult<Outcome>> add_grant(const NewTokens& tokens) override;
    io::Task<StoreResult<Outcome>> redeem(const DocumentKey& code, const Document& redeemed,
                                          const NewTokens& tokens) override;
    io::Task<StoreResult<Outcome>> rotate(const Replaced& replaced,
                                          const NewTokens& tokens) override;
    io::Task<StoreResult<Outcome>> add_access(const NewTokens& tokens) override;
    io::Task<StoreResult<>> revoke(token::GrantTag tag) override;
    io::Task<StoreResult<Family>> load(const TokenKey& presented) override;
    io::Task<StoreResult<std::vector<StoredGrant>>> find_grants(const GrantFilter& filter,
                                                                TagRange part) override;
    io::Task<StoreResult<Outcome>> put(const Document& document, PutMode mode) override;
    io::Task<StoreResult<std::optional<std::string>>> get(const DocumentKey& key) override;
    io::Task<StoreResult<Outcome>> erase(const DocumentKey& key) override;
    io::Task<StoreResult<std::vector<StoredDocument>>> list(DocumentKind kind,
                                                            std::string_view after,
                                                            std::size_t count_max) override;

private:
    /// co_await Submit{...}: gives `job` to a queue and resumes with its answer.
    struct Submit {
        SqliteStore& store;
        JobQueue& queue;
        Job& job;
        bool accepted = true;

        bool await_ready() const { return false; }
        bool await_suspend(std::coroutine_handle<> awaiting);
        StoreResult<> await_resume();
    };
    /// Tells every shard what tools have revoked, until `scope` is cancelled.
    io::Task<void> hear_tools(io::CancelScope& scope);
    io::Task<void> tell_revoked(std::string_view key);

    Submit write(Job& job) { return {*this, writes_, job}; }
    Submit read(Job& job) { return {*this, reads_, job}; }

    io::Shard& shard_;
    Health& health_;
    JobQueue& writes_;
    JobQueue& reads_;
    ShardStores& stores_;
    const bool is_tool_;
    StoreListener* listener_ = nullptr;
    std::size_t under_way_ = 0;
    io::Event idle_;  // set while it has to end and nothing is under way
    bool ending_ = false;
};

}  // namespace sluice::storage::sqlite
