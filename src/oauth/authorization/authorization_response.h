// Authorization response (RFC 6749 §4.1.2, with iss of RFC 9207): the redirect back to the client.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "oauth/authorization/authorization_request.h"
#include "oauth/errors.h"

namespace sluice::oauth {

/// 303, so that the browser goes on with GET and takes no password along (RFC 9700 §4.12).
void redirect(http::Response& response, std::string_view location);

/// `redirect_uri` with code, state (where one was sent) and iss added to its query.
std::string code_location(const AuthorizationRequest& request, std::string_view code,
                          std::string_view issuer);

/// `redirect_uri` with error, error_description, state and iss added to its query.
std::string error_location(std::string_view redirect_uri, std::string_view state,
                           const Error& error, std::string_view issuer);

}  // namespace sluice::oauth
