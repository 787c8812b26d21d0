#include "token/resource_identifier.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/check.h"
#include "http/uri_chars.h"
#include "http/url_split.h"

namespace sluice::token {
namespace {

bool is_hex(char c) {
    return http::hex_digit(c) >= 0;
}

/// Characters of RFC 3986 §2, where '%' begins a percent-encoded byte other than NUL.
bool has_url_characters(std::string_view text) {
    constexpr std::string_view gen_delims = ":/?#[]@";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            if (http::percent_decode(text, i).value_or('\0') == '\0') return false;
        } else if (!http::is_unreserved(c) && !http::is_sub_delim(c) && !gen_delims.contains(c)) {
            return false;
        }
    }
    return true;
}

/// A registered name or IPv4 address of letters, digits, '-', '.', '_', or an address in brackets.
bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        const auto inside = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
        return host.size() > 4 && host.ends_with(']') &&
               std::ranges::all_of(host.substr(1, host.size() - 2), inside);
    }
    const auto allowed = [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    };
    return !host.empty() && std::ranges::all_of(host, allowed);
}

bool is_dot_segment(std::string_view segment) {
    std::size_t dots = 0;
    while (!segment.empty()) {
        const bool encoded =
            segment.size() >= 3 && equal_ignoring_case(segment.substr(0, 3), "%2e");
        if (!encoded && segment.front() != '.') return false;
        segment.remove_prefix(encoded ? 3 : 1);
        ++dots;
    }
    return dots == 1 || dots == 2;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t size = std::min(path.find('/'), path.size());
        if (is_dot_segment(path.substr(0, size))) return true;
        path.remove_prefix(size);
    }
    return false;
}

/// The port's number; 0 for the scheme's default or an empty one; nothing where it is no port.
std::optional<unsigned> explicit_port(std::optional<std::string_view> text, bool is_https) {
    if (!text || text->empty()) return 0;
    const auto number = parse_decimal(*text);
    if (!number || *number == 0 || *number > 65535) return std::nullopt;
    return *number == (is_https ? 443U : 80U) ? 0 : static_cast<unsigned>(*number);
}

}  // namespace

Result<ResourceIdentifier> ResourceIdentifier::parse(std::string_view text) {
    if (text.size() > text_size_max) return failure(Error{"the resource is too long"});
    if (!has_url_characters(text)) {
        return failure(Error{"the resource contains a character that a URL does not allow"});
    }
    const http::UrlParts url = http::split_url(text);
    const bool is_https = equal_ignoring_case(url.scheme, "https");
    if ((!is_https && !equal_ignoring_case(url.scheme, "http")) || !url.authority) {
        return failure(Error{"the resource must be an absolute http or https URL"});
    }
    if (url.fragment) return failure(Error{"the resource must not have a fragment"});
    const http::AuthorityParts authority = http::split_authority(*url.authority);
    if (authority.userinfo) return failure(Error{"the resource must not contain credentials"});
    if (!is_host(authority.host)) return failure(Error{"the resource has no valid host"});
    const auto port = explicit_port(authority.port, is_https);
    if (!port) return failure(Error{"the port of the resource is out of range"});
    if (has_dot_segment(url.path)) {
        return failure(Error{"the path of the resource must not have dot segments"});
    }

    std::string_view path = url.path;
    while (path.ends_with('/')) path.remove_suffix(1);
    ResourceIdentifier identifier;
    std::string& out = identifier.text_;
    out.reserve(text.size());
    out += is_https ? "https://" : "http://";
    identifier.host_at_ = out.size();
    std::ranges::transform(authority.host, std::back_inserter(out),
                           [](char c) { return to_lower(c); });
    identifier.host_size_ = authority.host.size();
    if (*port != 0) out.append(":").append(std::to_string(*port));
    identifier.origin_size_ = out.size();
    out += path;
    identifier.path_size_ = path.size();
    if (url.query && !url.query->empty()) out.append("?").append(*url.query);
    CHECK(identifier.host_at_ + identifier.host_size_ <= identifier.origin_size_);
    CHECK(identifier.origin_size_ + identifier.path_size_ <= out.size());
    return identifier;
}

bool ResourceIdentifier::matches(std::string_view audience) const {
    if (audience == text_) return true;
    const auto other = parse(audience);
    return other && *other == *this;
}

std::string resource_from_server_url(std::string_view url) {
    const http::UrlParts parts = http::split_url(url);
    std::string text;
    text.reserve(url.size());
    if (!parts.scheme.empty()) text.append(to_lower(parts.scheme)).append(":");
    if (parts.authority) text.append("//").append(to_lower(*parts.authority));
    text += parts.path;
    if (parts.query && !parts.query->empty()) text.append("?").append(*parts.query);
    return text;
}

bool resource_allowed(std::string_view requested, std::string_view configured) {
    const http::UrlParts asked = http::split_url(requested);
    const http::UrlParts own = http::split_url(configured);
    if (!equal_ignoring_case(asked.scheme, own.scheme) ||
        !equal_ignoring_case(asked.authority.value_or(""), own.authority.value_or(""))) {
        return false;
    }
    std::string_view base = own.path;
    if (base.ends_with('/')) base.remove_suffix(1);
    return asked.path.starts_with(base) &&
           (asked.path.size() == base.size() || asked.path[base.size()] == '/');
}

}  // namespace sluice::token
