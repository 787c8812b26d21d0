// Device code grant (RFC 8628 §3.4): a device polls until a person has decided.
#pragma once

#include "oauth/grants/token_request.h"

namespace sluice::oauth {

io::Task<TokenResult> poll_with_device_code(ShardState& state, const TokenRequest& request);

}  // namespace sluice::oauth
