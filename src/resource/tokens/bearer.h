// Bearer token of a request (RFC 6750 §2.1), from the Authorization field and nowhere else.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "http/message.h"

namespace sluice::resource {

enum class BearerFault : std::uint8_t {
    missing,    // no Authorization field, or one of another scheme: 401 without `error`
    malformed,  // two Authorization fields, or no b64token behind the scheme: 400 invalid_request
};

/// The token of the Authorization field; valid as long as the request. Query, body and cookies are
/// never looked at (MCP forbids tokens in the query; the others are RFC 6750 §2.2's exceptions).
std::expected<std::string_view, BearerFault> find_bearer(const http::Request& request);

/// The same for the field's value alone.
std::expected<std::string_view, BearerFault> parse_bearer(std::string_view authorization);

}  // namespace sluice::resource
