// Users and clients of the configuration, compared with those of the start before: account
// deprovisioning.
#pragma once

#include "io/task.h"
#include "storage/store.h"

namespace sluice::oauth {

struct ShardState;

/// Ends the grants of users and clients that the configuration does not have any more, and of users
/// who have another password there now; then remembers what it has. Once at the start, on one
/// shard, when keys and store are there. Where boxes have different configurations, one that is
/// started ends what its own does not have.
/// Error: storage gives no answer; begin again, nothing is done twice.
io::Task<storage::StoreResult<>> end_dropped_accounts(ShardState& state);

}  // namespace sluice::oauth
