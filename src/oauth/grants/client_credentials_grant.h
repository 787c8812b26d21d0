// Client credentials grant (RFC 6749 §4.4).
#pragma once

#include "oauth/grants/token_request.h"

namespace sluice::oauth {

io::Task<TokenResult> grant_client_credentials(ShardState& state, const TokenRequest& request);

}  // namespace sluice::oauth
