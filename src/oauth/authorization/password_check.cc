#include "oauth/authorization/password_check.h"

#include <string>
#include <utility>

#include "base/secret.h"

namespace sluice::oauth {

io::Task<std::optional<bool>> check_password(io::Shard& shard, io::WorkerPool& workers,
                                             std::optional<crypto::PasswordHash> hash,
                                             std::string_view password, PasswordCost& cost) {
    const bool exists = hash.has_value();
    if (exists) cost.note(*hash);
    const auto right = co_await workers.run(
        shard, [hash = exists ? *std::move(hash) : crypto::PasswordHash::of_nobody(),
                secret = Secret(std::string(password)), iterations = cost.iterations()] {
            return hash.verify(secret.reveal(), iterations);
        });
    if (!right) co_return std::nullopt;
    co_return exists && *right;  // the hash of nobody matches nothing, and yet
}

}  // namespace sluice::oauth
