// Client ID metadata documents and their addresses: what is taken is a client that may be trusted
// to be only itself.
#include "oauth/clients/client_document.h"

#include <string>

#include "base/check.h"
#include "http/uri.h"
#include "oauth/clients/redirect_uri.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/oauth_settings.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const oauth::Settings settings = oauth_test::test_settings_without_users();
    const std::string_view input = fuzz::text_of(data, size);
    // One line is the address, what follows the document.
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view url = input.substr(0, end);
    if (!oauth::client_document_url_fault(url)) {
        const auto parsed = http::HttpUrl::parse(url);
        CHECK(parsed && parsed->secure() && !url.contains('@') && !url.contains('#'), url);
    }
    const auto client =
        oauth::parse_client_document(input.substr(std::min(end + 1, input.size())), url, settings);
    if (!client) return 0;
    CHECK(client->client_id == url && client->registered && !client->confidential(), url);
    CHECK(!client->grant_types.has(oauth::GrantType::client_credentials), url);
    for (const std::string& uri : client->redirect_uris) {
        CHECK(!oauth::registered_redirect_uri_fault(uri), uri);
    }
    return 0;
}
