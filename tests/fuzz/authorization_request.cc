// The query of an authorization request: nobody is sent anywhere but to a registered redirect URI,
// in another port of the loopback host at most, and every location that is built reads back.
#include "oauth/authorization/authorization_request.h"

#include <algorithm>

#include "base/check.h"
#include "http/fields.h"
#include "http/form.h"
#include "http/uri.h"
#include "oauth/authorization/authorization_response.h"
#include "oauth/clients/redirect_uri.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/oauth_settings.h"

namespace {

using namespace sluice;
using namespace sluice::oauth;

constexpr std::string_view registered[] = {"http://127.0.0.1:7777/cb",
                                           "https://pub.example/cb?tenant=1",
                                           "http://127.0.0.1:7778/cb", "https://app.example/cb"};

bool is_registered(std::string_view uri) {
    return std::ranges::any_of(registered, [&](std::string_view known) {
        return uri == known || (is_loopback_redirect(known) &&
                                without_loopback_port(uri) == without_loopback_port(known));
    });
}

void check_location(const std::string& location, std::string_view redirect_uri,
                    std::string_view state) {
    CHECK(http::is_field_value(location), location);
    CHECK(location.starts_with(redirect_uri), location);
    const auto uri = http::parse_uri(location);
    CHECK(uri && uri->query, location);
    http::Form form;
    CHECK(form.parse(*uri->query).has_value(), location);
    CHECK(form.get("iss") == oauth_test::issuer, location);
    if (!state.empty()) CHECK(form.get("state") == state, location);
}

struct Known {
    oauth::Settings settings = oauth_test::test_settings_without_users();
    ClientDirectory clients{settings, 1};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Known known;
    const std::string_view query = fuzz::text_of(data, size);
    const auto request = parse_authorization_request(query, known.settings, known.clients);
    if (request) {
        CHECK(is_registered(request->redirect_uri), request->redirect_uri);
        CHECK(!request->scope.empty());
        check_location(code_location(*request, "sac_x", oauth_test::issuer), request->redirect_uri,
                       request->state);
        return 0;
    }
    const AuthorizationFailure& failed = request.error();
    if (failed.redirect_uri.empty()) return 0;
    CHECK(is_registered(failed.redirect_uri), failed.redirect_uri);
    check_location(
        error_location(failed.redirect_uri, failed.state, failed.error, oauth_test::issuer),
        failed.redirect_uri, failed.state);
    return 0;
}
