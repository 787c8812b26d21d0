// HTTP error responses as JSON, in the form that OAuth clients read too (RFC 6749 §5.2).
#pragma once

#include <string_view>

#include "http/message.h"
#include "http/parse_error.h"

namespace sluice::http {

/// Makes `response` {"error":"...","error_description":"..."}, application/json, no-store. Fields
/// that were added before stay.
void write_error(Response& response, Status status, std::string_view error,
                 std::string_view description);

/// The same with an error code that fits the status: "invalid_request", "not_found", ...
void write_error(Response& response, const ParseError& error);

}  // namespace sluice::http
