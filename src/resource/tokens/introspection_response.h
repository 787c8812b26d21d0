// Introspection response (RFC 7662 §2.2, §2.3): what an endpoint's HTTP answer says of a token.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "http/status.h"
#include "resource/tokens/verifier.h"

namespace sluice::resource {

/// An active token, `inactive` (also for one that is no bearer access token, and where what is said
/// of it cannot be used: asking again would change nothing), or `unavailable` for everything that
/// is no proper answer: a refusal of our own credentials, an error, a body that is none.
/// retry_after  The answer's Retry-After, if it had one; kept within a minute.
std::expected<token::TokenInfo, TokenError> read_introspection_answer(
    http::Status status, std::optional<std::string_view> retry_after, std::string_view body);

}  // namespace sluice::resource
