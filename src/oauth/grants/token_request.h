// Token request (RFC 6749 §3.2), its client known.
#pragma once

#include <optional>
#include <string_view>

#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"
#include "oauth/grants/issue_tokens.h"

namespace sluice::oauth {

/// All that it refers to lives until the answer is there, on whatever shard it is read.
struct TokenRequest {
    const http::Request& http;
    const http::Form& form;
    const Client& client;
};

using TokenResult = Result<IssuedTokens>;

// One grant type each.

/// RFC 6749 §4.1.3 with RFC 7636 §4.5.
io::Task<TokenResult> redeem_authorization_code(ShardState& state, const TokenRequest& request);
/// RFC 6749 §6 with OAuth 2.1 §4.3.1.
io::Task<TokenResult> rotate_refresh_token(ShardState& state, const TokenRequest& request);
/// RFC 6749 §4.4.
io::Task<TokenResult> grant_client_credentials(ShardState& state, const TokenRequest& request);

}  // namespace sluice::oauth
