// Refresh token grant (RFC 6749 §6) with rotation and reuse detection (OAuth 2.1 §4.3.1).
#pragma once

#include "oauth/grants/token_request.h"

namespace sluice::oauth {

io::Task<TokenResult> rotate_refresh_token(ShardState& state, const TokenRequest& request);

}  // namespace sluice::oauth
