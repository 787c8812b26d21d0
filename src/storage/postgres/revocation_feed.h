// Revocation feed (LISTEN/NOTIFY, and polling where a notification was missed): hears of grants
// that died elsewhere and tells the shards.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/cancel.h"
#include "io/task.h"
#include "storage/postgres/engine_parts.h"

namespace sluice::storage::postgres {

/// One for the process, on shard 0, with a connection of its own.
class RevocationFeed {
public:
    RevocationFeed(io::Shard& shard, EngineParts& engine);

    /// Until `scope` is cancelled.
    io::Task<void> run(io::CancelScope& scope);

private:
    io::Task<void> follow(ConnectionPtr connection, io::CancelScope& scope);
    io::Task<bool> recheck(PGconn* connection, io::CancelScope& scope);
    io::Task<bool> wait_for_news(PGconn* connection, Duration time, io::CancelScope& scope);
    Duration overlap() const;
    Duration away() const;
    io::Task<void> tell_gap();
    void tell(bool follows, std::string_view detail);
    io::Task<void> tell_revoked();
    io::Task<void> trust(MonotonicTime until);
    void take_rows(const PGresult* rows);
    void take_notifications(PGconn* connection);
    void take(std::uint64_t tag);

    io::Shard& shard_;
    EngineParts& engine_;
    std::vector<std::vector<token::GrantTag>> revoked_;  // for each shard, not told yet
    bool any_revoked_ = false;
    std::int64_t unseen_from_ = 0;  // older transactions have been seen
    // The last time that it has seen all there was; at first nothing is in memory to be missed.
    MonotonicTime checked_;
    WallTime checked_wall_;
    bool freshly_connected_ = true;
    std::string problem_;       // why a connection ended
    std::optional<bool> told_;  // whether it follows
};

}  // namespace sluice::storage::postgres
