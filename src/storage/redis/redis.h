// Redis, shared by several boxes: a connection on each shard, and one opinion on whether it is
// there.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "io/shard.h"
#include "storage/redis/redis_connect.h"
#include "storage/redis/redis_settings.h"
#include "storage/shared_windows.h"

namespace sluice::storage {

/// One for the process; outlives what it opens.
class Redis {
public:
    explicit Redis(RedisSettings settings) : settings_(std::move(settings)) {}

    /// For every shard once, before the first one runs. `listener` is told on that shard, and
    /// outlives what is opened.
    std::unique_ptr<SharedWindows> open(io::Shard& shard, RedisLookup lookup,
                                        SharedWindowsListener& listener);

    const RedisSettings& settings() const { return settings_; }
    /// At least one shard cannot reach it, and decides alone. From any thread.
    bool away() const { return shards_away_.load(std::memory_order_relaxed) > 0; }

    /// One more shard is away, or one fewer: true where that changed away().
    bool add_away() { return shards_away_.fetch_add(1, std::memory_order_relaxed) == 0; }
    bool remove_away() { return shards_away_.fetch_sub(1, std::memory_order_relaxed) == 1; }

private:
    RedisSettings settings_;
    std::atomic<unsigned> shards_away_ = 0;
};

}  // namespace sluice::storage
