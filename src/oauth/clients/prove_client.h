// Proving who a client is (RFC 6749 §2.3), by whichever method it is registered for.
#pragma once

#include "base/clock.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/clients/client.h"
#include "oauth/clients/client_credentials.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

/// check_client_credentials(), or the rules of RFC 7523 §3 for an assertion, its signature last;
/// why one is refused goes to the log. Whether it was used before is use_assertion()'s affair.
/// Errors: invalid_client; 503 where the client's keys cannot be had. All live until the task ends.
io::Task<Result<ClientHandle>> prove_client(ShardState& state, const http::Request& request,
                                            const ClientCredentials& credentials);

/// An assertion that proved its client is used up by this, once in all processes that share the
/// store, and across restarts. Nothing is done where the credentials are no assertion. To be called
/// last, so that what is refused for another reason uses nothing up.
/// Errors: invalid_client where it was used before; 503 where the store cannot say.
io::Task<Result<>> use_assertion(ShardState& state, const http::Request& request,
                                 const ClientCredentials& credentials);

}  // namespace sluice::oauth
