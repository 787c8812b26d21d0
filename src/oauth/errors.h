// OAuth error responses (RFC 6749 §4.1.2.1, §5.2): each error's code, status and words.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "http/status.h"

namespace sluice::oauth {

enum class ErrorCode : std::uint8_t {
    invalid_request,              // RFC 6749 §4.1.2.1, §5.2
    invalid_client,               // §5.2: unknown, or not authenticated
    invalid_grant,                // §5.2: unknown, expired, revoked, of another client
    unauthorized_client,          // §4.1.2.1, §5.2: the client may not use this grant
    unsupported_grant_type,       // §5.2
    unsupported_response_type,    // §4.1.2.1
    invalid_scope,                // §4.1.2.1, §5.2
    access_denied,                // §4.1.2.1; and a registration that is closed
    device_denied,                // "access_denied" of the token endpoint (RFC 8628 §3.5), as 400
    authorization_pending,        // RFC 8628 §3.5
    slow_down,                    // RFC 8628 §3.5
    expired_token,                // RFC 8628 §3.5
    server_error,                 // §4.1.2.1
    busy,                         // "temporarily_unavailable" (§4.1.2.1) as 503
    rate_limited,                 // "temporarily_unavailable" as 429 (RFC 6585 §4)
    invalid_target,               // RFC 8707 §2
    invalid_redirect_uri,         // RFC 7591 §3.2.2
    invalid_client_metadata,      // RFC 7591 §3.2.2
    invalid_token,                // RFC 6750 §3.1
    request_not_supported,        // OpenID Connect Core §3.1.2.6
    request_uri_not_supported,    // OpenID Connect Core §3.1.2.6
    login_required,               // OpenID Connect Core §3.1.2.6
    consent_required,             // OpenID Connect Core §3.1.2.6
    registration_not_authorized,  // "invalid_token" without a token having been sent
};

std::string_view to_text(ErrorCode code);
http::Status status_of(ErrorCode code);

/// What a 401 asks for (RFC 9110 §11.6.1).
enum class Challenge : std::uint8_t { none, basic, bearer };

struct Error {
    ErrorCode code;
    /// One or two plain sentences, ASCII without '"' and '\' (RFC 6749 §5.2). "scope=" and "error="
    /// never stand in it, since clients search whole answers for them.
    std::string description;
    Challenge challenge = Challenge::none;
    Seconds retry_after{0};  // 0: not told
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> refuse(ErrorCode code, std::string_view description,
                                     Challenge challenge = Challenge::none) {
    return failure(Error{code, std::string(description), challenge, Seconds{0}});
}

inline std::unexpected<Error> refuse_for_now(ErrorCode code, std::string_view description,
                                             Seconds retry_after) {
    return failure(Error{code, std::string(description), Challenge::none, retry_after});
}

/// `text` with every character that an error_description may not hold replaced by '?', cut to 200.
std::string describable(std::string_view text);

/// RFC 6749 §5.2: the error as JSON, with its status and challenge.
void write_json_error(http::Response& response, const Error& error);

/// RFC 6749 §5.1: nothing that a token endpoint says is to be stored.
void forbid_storing(http::Response& response);

}  // namespace sluice::oauth
