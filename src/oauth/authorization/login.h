// Login: checks a username and password, with lockout and constant cost for unknown names.
#pragma once

#include <string_view>

#include "http/message.h"
#include "io/task.h"
#include "oauth/authorization/account.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

/// The account whose password it is; nothing where it is wrong. Off the shard's thread, slowed
/// after failures of the account or from the address, and as slow for a user who does not exist.
/// Errors: rate_limited after too many failures from the same address, busy where too many
/// passwords wait already or storage gives no answer.
io::Task<Result<std::optional<Account>>> check_login(ShardState& state,
                                                     const http::Request& request,
                                                     std::string_view username,
                                                     std::string_view password);

}  // namespace sluice::oauth
