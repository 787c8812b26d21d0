// Checking a password (PBKDF2) on a worker thread, as slowly for an account that does not exist.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/password_hash.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/worker_pool.h"

namespace sluice::oauth {

constexpr std::size_t username_size_max = 256;   // bytes; longer ones belong to nobody
constexpr std::size_t password_size_max = 1024;  // bytes; longer ones are wrong

/// Whether `password` is the one of `hash`. Never right where there is no hash, which takes as
/// long. Nothing where too many checks wait already.
io::Task<std::optional<bool>> check_password(io::Shard& shard, io::WorkerPool& workers,
                                             std::optional<crypto::PasswordHash> hash,
                                             std::string_view password);

}  // namespace sluice::oauth
