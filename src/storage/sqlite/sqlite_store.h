// SQLite store of one shard: its way to the engine's threads.
#pragma once

#include <coroutine>

#include "base/check.h"
#include "io/event.h"
#include "storage/sqlite/health.h"
#include "storage/sqlite/job_queue.h"
#include "storage/store.h"

namespace sluice::storage::sqlite {

class SqliteStore final : public Store {
public:
    SqliteStore(io::Shard& shard, Health& health, JobQueue& writes, JobQueue& reads)
        : shard_(shard), health_(health), writes_(writes), reads_(reads), idle_(shard) {}

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
    Submit write(Job& job) { return {*this, writes_, job}; }
    Submit read(Job& job) { return {*this, reads_, job}; }

    io::Shard& shard_;
    Health& health_;
    JobQueue& writes_;
    JobQueue& reads_;
    StoreListener* listener_ = nullptr;
    std::size_t under_way_ = 0;
    io::Event idle_;  // set while it has to end and nothing is under way
    bool ending_ = false;
};

}  // namespace sluice::storage::sqlite
