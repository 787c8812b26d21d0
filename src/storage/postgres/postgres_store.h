// PostgreSQL store of one shard: calls become statements, rows become answers.
#pragma once

#include <deque>
#include <string>

#include "io/event.h"
#include "storage/postgres/call_queue.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/engine_parts.h"
#include "storage/store.h"

namespace sluice::storage::postgres {

class PostgresStore final : public Store {
public:
    PostgresStore(io::Shard& shard, EngineParts& engine);
    ~PostgresStore() override;

    io::Task<void> run(io::CancelScope& scope) override;
    void listen(StoreListener& listener) override;
    StoreState state() const override;
    bool keeps_nothing() const override { return false; }
    bool is_shared() const override { return true; }

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
    io::Task<void> keep_connected(Connection& connection, io::CancelScope& scope);
    io::Task<void> dispatch(io::CancelScope& scope);
    io::Task<void> keep_clean(io::CancelScope& scope);
    void tell_away(std::string why);
    void tell(std::string problem);
    std::int64_t now() const { return numeric_date(shard_.wall_now()); }

    io::Shard& shard_;
    EngineParts& engine_;
    CallQueue queue_;
    std::deque<Connection> connections_;
    io::Event never_;
    StoreState told_ = StoreState::away;
    std::string told_detail_;
};

}  // namespace sluice::storage::postgres
