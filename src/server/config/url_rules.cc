#include "server/config/url_rules.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/url_split.h"
#include "io/address.h"
#include "server/config/network.h"

namespace sluice::server {
namespace {

// Schemes that make a browser run or show what the URL itself carries, or read local files.
constexpr std::array<std::string_view, 7> forbidden_schemes = {
    "javascript", "data", "file", "vbscript", "blob", "about", "view-source"};

bool is_plain_http(const token::ResourceIdentifier& url) {
    return url.text().starts_with("http://");
}

const char* redirect_uri_fault(std::string_view uri) {
    const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
    if (uri.empty() || !std::ranges::all_of(uri, printable)) {
        return "must not be empty nor hold spaces, control characters or non-ASCII";
    }
    if (uri.find_first_of("*\\\"<>^`{|}") != std::string_view::npos) {
        return "must be one exact URI: no wildcard, no backslash (OAuth 2.1 section 2.3.1)";
    }
    const http::UrlParts url = http::split_url(uri);
    const std::string scheme = to_lower(url.scheme);
    if (scheme.empty()) return "has to be an absolute URI";
    if (url.fragment) return "must not have a fragment (RFC 6749 section 3.1.2)";
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
    static const auto v4 = Network::parse("127.0.0.0/8");
    static const auto v6 = Network::parse("::1");
    const auto address = io::Address::from_ip(host, 0);
    return address && (v4->contains(*address) || v6->contains(*address));
}

std::optional<token::ResourceIdentifier> check_url(const Setting<std::string>& setting,
                                                   Problems& problems) {
    if (auto url = token::ResourceIdentifier::parse(*setting)) return *std::move(url);
    problems.add(setting.place,
                 "has to be an absolute http or https URL with a valid host and port, without "
                 "credentials, fragment and dot segments");
    return std::nullopt;
}

std::optional<token::ResourceIdentifier> check_secure_url(const Setting<std::string>& setting,
                                                          bool insecure_http, Problems& problems) {
    auto url = check_url(setting, problems);
    if (url && is_plain_http(*url) && !insecure_http && !is_loopback_host(url->host())) {
        problems.add(
            setting.place,
            "has to be https for a host other than loopback: write the https URL of the TLS "
            "proxy in front, or, in a closed network only, insecure_http = true in [server]");
    }
    return url;
}

std::optional<token::ResourceIdentifier> check_public_url(const Setting<std::string>& setting,
                                                          bool insecure_http, Problems& problems) {
    auto url = check_secure_url(setting, insecure_http, problems);
    if (!url) return std::nullopt;
    if (setting->ends_with('/')) {
        problems.add(setting.place, "must not end in a slash: clients compare it letter by letter");
    }
    if (setting->find('?') != std::string::npos)
        problems.add(setting.place, "must not have a query");
    return url;
}

void check_origin(const Setting<std::string>& setting, Problems& problems) {
    const auto url = token::ResourceIdentifier::parse(*setting);
    if (url && url->origin() == *setting) return;
    problems.add(setting.place,
                 "has to be an origin as browsers send it: \"https://app.example\", in lower case, "
                 "without path and default port");
}

void check_redirect_uri(const Setting<std::string>& setting, Problems& problems) {
    if (const char* fault = redirect_uri_fault(*setting)) problems.add(setting.place, fault);
}

}  // namespace sluice::server
