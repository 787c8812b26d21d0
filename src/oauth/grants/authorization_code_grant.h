// Authorization code grant (RFC 6749 §4.1.3, with PKCE: RFC 7636 §4.5).
#pragma once

#include "oauth/grants/token_request.h"

namespace sluice::oauth {

io::Task<TokenResult> redeem_authorization_code(ShardState& state, const TokenRequest& request);

}  // namespace sluice::oauth
