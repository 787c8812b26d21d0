#include "config/url_rules.h"

#include "base/ascii.h"
#include "http/address_scope.h"
#include "http/uri.h"
#include "http/url_safety.h"
#include "oauth/clients/redirect_uri.h"

namespace sluice::config {
namespace {

bool is_plain_http(const token::ResourceIdentifier& url) {
    return url.text().starts_with("http://");
}

}  // namespace

bool is_loopback_host(std::string_view host) {
    if (equal_ignoring_case(host, "localhost")) return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return http::address_scope(host) == http::AddressScope::loopback;
}

std::optional<token::ResourceIdentifier> check_url(const Setting<std::string>& setting,
                                                   Problems& problems) {
    auto url = token::ResourceIdentifier::parse(*setting);
    // What is asked for there, too, must be a URL to the letter of RFC 3986.
    if (url && http::HttpUrl::parse(*setting)) return *std::move(url);
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

void check_secret_bearing_url(const Setting<std::string>& setting, bool insecure_http,
                              Problems& problems) {
    const auto url = http::HttpUrl::parse(*setting);
    const bool encrypted = url && url->secure();
    if (insecure_http || encrypted || http::is_safe_url(*setting, true)) return;
    problems.add(
        setting.place,
        "would carry a secret over the open network: write https, use a loopback address or a "
        "name of the container network, or, in a closed network only, insecure_http = true in "
        "[server]");
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
    if (const auto fault = oauth::redirect_uri_fault(*setting)) {
        problems.add(setting.place, std::string(*fault));
    }
}

}  // namespace sluice::config
