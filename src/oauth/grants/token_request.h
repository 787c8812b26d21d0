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

}  // namespace sluice::oauth
