// Grant revocation by operators and people, not by tokens: every grant of a user, a client, a
// resource.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "io/task.h"
#include "storage/store.h"

namespace sluice::oauth {

struct ShardState;

/// The living grants that are meant. Reads every token there is, a part at a time.
io::Task<storage::StoreResult<std::vector<storage::StoredGrant>>> find_grants(
    storage::Store& store, storage::GrantFilter filter);

/// How one grant is revoked: in the store alone by a command, in memory too by a server.
using RevokeGrant = std::function<io::Task<storage::StoreResult<>>(token::GrantTag)>;

/// Ends those that are meant, and gives how many. Those that begin meanwhile are ended too where
/// what they need (the account, the client) was taken away before.
/// Error: storage gives no answer; some may have ended.
io::Task<storage::StoreResult<std::size_t>> end_grants(storage::Store& store,
                                                       storage::GrantFilter filter,
                                                       const RevokeGrant& revoke);

/// The same inside of a server: in force on every shard when the task ends.
io::Task<storage::StoreResult<std::size_t>> end_grants(ShardState& state,
                                                       storage::GrantFilter filter);

}  // namespace sluice::oauth
