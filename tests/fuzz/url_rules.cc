// URLs that this process connects to or sends browsers to: none to an address of special use, and
// no redirect URI that a request could bend to another host.
#include <algorithm>

#include "base/check.h"
#include "http/address_scope.h"
#include "http/uri.h"
#include "http/url_safety.h"
#include "oauth/clients/redirect_uri.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;

void check_connectable(std::string_view url) {
    const bool remote = http::is_safe_url(url, false);
    const bool local = http::is_safe_url(url, true);
    CHECK(!remote || local, url);
    if (!local) return;
    const auto parsed = http::HttpUrl::parse(url);
    if (!parsed) return;  // userinfo and fragments pass the one and not the other
    std::string_view host = parsed->host();
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    const auto scope = http::address_scope(host);
    CHECK(scope != http::AddressScope::special, url);
    CHECK(!remote || !scope || scope == http::AddressScope::global, url);
}

void check_redirect(std::string_view registered, std::string_view requested) {
    if (oauth::redirect_uri_fault(registered)) return;
    CHECK(oauth::redirect_uri_matches(registered, registered), registered);
    CHECK(!oauth::redirect_destination(registered).empty(), registered);
    const auto uri = http::parse_uri(registered);
    CHECK(uri && !uri->fragment && !uri->userinfo, registered);
    if (!oauth::redirect_uri_matches(registered, requested)) return;
    // The same text, or another port of this very machine.
    CHECK(registered == requested ||
              (oauth::is_loopback_redirect(registered) &&
               oauth::without_loopback_port(registered) == oauth::without_loopback_port(requested)),
          requested);
    const auto asked = http::parse_uri(requested);
    CHECK(asked && asked->host == uri->host && !asked->userinfo && !asked->fragment, requested);
}

}  // namespace

// Two URLs, one a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view first = input.substr(0, end);
    check_connectable(first);
    check_redirect(first, input.substr(std::min(end + 1, input.size())));
    return 0;
}
