// Distributed rate limits in Redis, with a circuit breaker: one shard's windows and claims, and its
// opinion on whether Redis is there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/cancel.h"
#include "io/shard.h"
#include "io/task.h"
#include "storage/backoff.h"
#include "storage/expiring_map.h"
#include "storage/redis/redis.h"
#include "storage/redis/redis_connect.h"
#include "storage/redis/redis_link.h"
#include "storage/shared_windows.h"
#include "storage/text_hash.h"

namespace sluice::storage {

class RedisWindows final : public SharedWindows {
public:
    RedisWindows(Redis& redis, io::Shard& shard, RedisLookup lookup,
                 SharedWindowsListener& listener);

    io::Task<void> run(io::CancelScope& scope) override;
    io::Task<Shared<Seconds>> admit(std::string_view key, WindowLimit limit) override;
    io::Task<Shared<bool>> claim(std::string_view id, Duration lifetime) override;
    SharedWindowsCounts counts() const override { return counts_; }

private:
    // unknown: nothing has been tried to its end yet, so nothing was announced either.
    enum class State : std::uint8_t { unknown, available, away };

    io::Task<std::string> serve_connection(io::CancelScope& scope);
    io::Task<void> keep_watch(io::CancelScope* alive);
    io::Task<std::string> prepare();
    io::Task<RedisReply> run_script(std::string_view key, WindowLimit limit, Duration patience);
    bool is_usable() const { return state_ == State::available && link_ != nullptr; }
    Away decide_alone();
    void judge(const RedisReply& unwanted);
    void become_available();
    void become_away(std::string_view reason);

    Redis& redis_;
    io::Shard& shard_;
    RedisConnector connector_;
    SharedWindowsListener& listener_;
    std::unique_ptr<RedisLink> link_;     // null: not connected
    io::CancelScope* running_ = nullptr;  // of run(); null: not begun, or ended
    io::CancelScope* alive_ = nullptr;    // of the connection
    std::string script_digest_;           // that Redis gave the script
    // Until when a key is refused: nothing but time changes that, so Redis need not be asked again.
    ExpiringMap<std::string, MonotonicTime, TextHash> refused_until_;
    State state_ = State::unknown;
    MonotonicTime available_since_{};
    Backoff backoff_;
    SharedWindowsCounts counts_;
};

}  // namespace sluice::storage
