// User accounts: those of the configuration, and those in storage.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/password_hash.h"
#include "io/task.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

struct Account {
    crypto::PasswordHash password_hash;
    std::string name;  // for people to read
};

/// Nothing where nobody has that name. A user of the configuration goes before one in storage, and
/// is found without waiting. Error: storage gives no answer.
io::Task<Result<std::optional<Account>>> find_account(ShardState& state, std::string_view username);

}  // namespace sluice::oauth
