// Building the locations.
#include "oauth/authorization/authorization_response.h"

#include <algorithm>

#include "base/check.h"
#include "http/uri.h"
#include "oauth/clients/redirect_uri.h"

namespace sluice::oauth {
namespace {

// The registered query stays (RFC 6749 §3.1.2). Blanks become %20, which every decoder reads.
void append_parameter(std::string& uri, std::string_view name, std::string_view value) {
    if (!uri.contains('?')) {
        uri += '?';
    } else if (!uri.ends_with('?') && !uri.ends_with('&')) {
        uri += '&';
    }
    uri.append(name).append("=");
    http::append_percent_encoded(uri, value);
}

}  // namespace

void redirect(http::Response& response, std::string_view location) {
    response.set_status(http::Status::see_other);
    response.add_field("Location", location);
    response.add_field("Referrer-Policy", "no-referrer");
    forbid_storing(response);
    response.body().clear();
}

std::string code_location(const AuthorizationRequest& request, std::string_view code,
                          std::string_view issuer) {
    CHECK(!code.empty() && !issuer.empty());
    CHECK(std::ranges::any_of(request.client->redirect_uris,
                              [&](const std::string& registered) {
                                  return redirect_uri_matches(registered, request.redirect_uri);
                              }),
          "a code goes to one of the client's own addresses");
    std::string uri = request.redirect_uri;
    append_parameter(uri, "code", code);
    if (!request.state.empty()) append_parameter(uri, "state", request.state);
    append_parameter(uri, "iss", issuer);
    return uri;
}

std::string error_location(std::string_view redirect_uri, std::string_view state,
                           const Error& error, std::string_view issuer) {
    CHECK(!redirect_uri.empty() && !issuer.empty());
    std::string uri(redirect_uri);
    append_parameter(uri, "error", to_text(error.code));
    if (!error.description.empty()) append_parameter(uri, "error_description", error.description);
    if (!state.empty()) append_parameter(uri, "state", state);
    append_parameter(uri, "iss", issuer);
    return uri;
}

}  // namespace sluice::oauth
