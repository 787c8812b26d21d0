// Write-behind of penalties: kept in storage, so that a restart does not reset friction.
#pragma once

#include <string>
#include <vector>

#include "io/cancel.h"
#include "io/shard.h"
#include "io/sharded.h"
#include "io/task.h"
#include "resource/decision/guard.h"
#include "resource/settings.h"
#include "storage/store.h"

namespace sluice::server {

/// On every shard, for the callers of that shard's Guard.
class PenaltyKeeper {
public:
    struct Parts {
        io::Shard& shard;
        storage::Store& store;
        const resource::Settings& resources;
        const io::Sharded<resource::Guard>& guards;
        resource::Guard& own;
    };
    explicit PenaltyKeeper(const Parts& parts) : parts_(parts) { parts_.own.track_penalties(); }
    PenaltyKeeper(const PenaltyKeeper&) = delete;
    PenaltyKeeper& operator=(const PenaltyKeeper&) = delete;

    /// What changes is written every `interval` at most, until `scope` is cancelled; then what is
    /// left, as far as that goes in `last_time_max`.
    io::Task<void> run(io::CancelScope& scope);

    /// Brings what is stored back to every shard's Guard. On one shard, once; where the store is
    /// away it is asked again, until `scope` is cancelled.
    io::Task<void> load(io::CancelScope& scope);

    static constexpr Duration interval = std::chrono::seconds{2};
    static constexpr Duration last_time_max = std::chrono::seconds{3};

private:
    struct Loaded {
        std::size_t resource;
        resource::CallerKey caller;
        friction::Penalty penalty;
    };

    /// False: the store does not take it now.
    io::Task<bool> write_changes(MonotonicTime until);
    io::Task<bool> write(std::size_t resource, resource::PenaltyChange change);
    std::vector<std::vector<Loaded>> read(
        const std::vector<storage::StoredDocument>& documents) const;

    Parts parts_;
};

}  // namespace sluice::server
