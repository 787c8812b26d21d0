// Client authentication (RFC 6749 §2.3, §3.2.1), within the client's rate limit.
#pragma once

#include <string_view>

#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

/// The known client that a request names, whether it is that one or not: for logs. Empty where
/// there is none. Valid until the shard suspends.
std::string_view claimed_client_id(const ShardState& state, const http::Request& request,
                                   const http::Form& form);

/// RFC 6749 §3.2.1. Asks the shard that counts for the client once. Errors: as read_ and
/// check_client_credentials(); rate_limited, after too many wrong secrets also for the right one.
/// What is passed lives until the task ends.
io::Task<Result<ClientHandle>> authenticate_client(ShardState& state, const http::Request& request,
                                                   const http::Form& form);

}  // namespace sluice::oauth
