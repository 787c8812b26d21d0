#include "server/config/url_rules.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/address_scope.h"
#include "http/uri.h"
#include "http/url_safety.h"

namespace sluice::server {
namespace {

// Schemes that make a browser run or show what the URL itself carries, or read local files.
constexpr std::array<std::string_view, 7> forbidden_schemes = {
    "javascript", "data", "file", "vbscript", "blob", "about", "view-source"};

bool is_plain_http(const token::ResourceIdentifier& url) {
    return url.text().starts_with("http://");
}

const char* redirect_uri_fault(std::string_view uri) {
    if (uri.find('*') != std::string_view::npos) {
        return "must be one exact URI without a wildcard (OAuth 2.1 section 2.3.1)";
    }
    const auto url = http::parse_uri(uri);
    if (!url)
        return "has to be an absolute URI, without spaces and non-ASCII characters (RFC 3986)";
    const std::string scheme = to_lower(url->scheme);
    if (url->fragment) return "must not have a fragment (RFC 6749 section 3.1.2)";
    if (std::ranges::find(forbidden_schemes, scheme) != forbidden_schemes.end()) {
        return "has a scheme that is never redirected to";
    }
    if (scheme != "http" && scheme != "https") return nullptr;  // RFC 8252 §7.1
    const auto parsed = token::ResourceIdentifier::parse(uri);
    if (!parsed) return "has no valid host or port, or holds credentials or dot segments";
    if (scheme == "http" && !is_loopback_host(parsed->host())) {
        return "has to be https, or http to 127.0.0.1, [::1] or localhost (RFC 8252 section 7.3)";
    }
    return nullptr;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
    if (equal_ignoring_case(host, "localhost")) return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return http::address_scope(host) == http::AddressScope::loopback;
}

std::optional<token::ResourceIdentifier> check_url(const Setting<std::string>& setting,
                                                   Problems& problems) {
    if (auto url = token::ResourceIdentifier::parse(*setting)) return *std::move(url);
    problems.add(setting.place,
                 "has to be an absolute http or https URL with a valid host and port, without "
                 "credentials, fragment and dot segments");
    return std::nullopt;
}

std::optional<token::ResourceIdentifier> check_public_url(const Setting<std::string>& setting,
                                                          bool insecure_http, Problems& problems) {
    auto url = check_url(setting, problems);
    if (!url) return std::nullopt;
    if (setting->ends_with('/')) {
        problems.add(setting.place, "must not end in a slash: clients compare it letter by letter");
    }
    if (setting->find('?') != std::string::npos)
        problems.add(setting.place, "must not have a query");
    if (is_plain_http(*url) && !insecure_http && !is_loopback_host(url->host())) {
        problems.add(
            setting.place,
            "has to be https for a host other than loopback: write the https URL of the TLS "
            "proxy in front, or, in a closed network only, insecure_http = true in [server]");
    }
    return url;
}

std::optional<token::ResourceIdentifier> check_outgoing_url(const Setting<std::string>& setting,
                                                            Problems& problems) {
    auto url = check_url(setting, problems);
    if (url && !is_plain_http(*url)) {
        problems.add(setting.place,
                     "is https, but this build connects to other servers over http only: write the "
                     "http URL of a proxy on this host that speaks TLS to the other side");
    }
    return url;
}

void check_secret_bearing_url(const Setting<std::string>& setting, bool insecure_http,
                              Problems& problems) {
    if (insecure_http || http::is_safe_url(*setting, true)) return;
    problems.add(
        setting.place,
        "would carry a secret over the open network: use a loopback address or a name of the "
        "container network, or, in a closed network only, insecure_http = true in [server]");
}

void check_origin(const Setting<std::string>& setting, Problems& problems) {
    const auto url = token::ResourceIdentifier::parse(*setting);
    if (*setting == "*" || (url && url->origin() == *setting)) return;
    problems.add(
        setting.place,
        "has to be \"*\" or an origin as browsers send it: \"https://app.example\", in lower "
        "case, without path and default port");
}

void check_redirect_uri(const Setting<std::string>& setting, Problems& problems) {
    if (const char* fault = redirect_uri_fault(*setting)) problems.add(setting.place, fault);
}

}  // namespace sluice::server
