// User accounts: those of the configuration, and those in storage.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/password_hash.h"
#include "io/task.h"
#include "oauth/errors.h"
#include "token/token_text.h"

namespace sluice::oauth {

struct ShardState;
struct Keys;

struct Account {
    crypto::PasswordHash password_hash;
    std::string name;  // for people to read

    /// Changes with the password. Sessions and codes carry it, so that they end with the account
    /// and with its password, on every box, without anybody having to look for them.
    std::string mark(const Keys& keys) const;
};

/// Nothing where nobody has that name. A user of the configuration goes before one in storage, and
/// is found without waiting. Error: storage gives no answer.
io::Task<Result<std::optional<Account>>> find_account(ShardState& state, std::string_view username);

/// Whether what was given to `username` still stands: there is such an account, and its mark is
/// `mark`. username  Empty: a client acts for itself, which always stands. mark  Empty: whichever.
io::Task<Result<bool>> account_stands(ShardState& state, std::string_view username,
                                      std::string_view mark);

/// Whether a grant may be handed out, asked once it is stored: so whoever ends the account later
/// finds the grant. Where its account does not stand it is revoked. On the shard of `tag`.
io::Task<Result<bool>> grant_stands(ShardState& owner, token::GrantTag tag,
                                    std::string_view username, std::string_view mark);

}  // namespace sluice::oauth
