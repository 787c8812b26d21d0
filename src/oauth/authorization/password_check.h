// Checking a password (PBKDF2) on a worker thread, as slowly for an account that does not exist.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/password_hash.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/worker_pool.h"

namespace sluice::oauth {

constexpr std::size_t username_size_max = 256;   // bytes; longer ones belong to nobody
constexpr std::size_t password_size_max = 1024;  // bytes; longer ones are wrong

/// The most iterations of the hashes that were seen: what every check costs, so that time does not
/// tell which account has a stronger hash than others, or none. Belongs to one shard.
class PasswordCost {
public:
    void note(const crypto::PasswordHash& hash) {
        iterations_ = std::max(iterations_, hash.iterations());
    }
    std::uint32_t iterations() const { return iterations_; }

private:
    std::uint32_t iterations_ = crypto::PasswordHash::iterations_min;
};

/// Whether `password` is the one of `hash`. Never right where there is no hash, which takes as
/// long. Nothing where too many checks wait already.
io::Task<std::optional<bool>> check_password(io::Shard& shard, io::WorkerPool& workers,
                                             std::optional<crypto::PasswordHash> hash,
                                             std::string_view password, PasswordCost& cost);

}  // namespace sluice::oauth
