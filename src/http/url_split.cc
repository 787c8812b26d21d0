#include "http/url_split.h"

#include <algorithm>

#include "base/ascii.h"

namespace sluice::http {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// RFC 3986 §3.1: ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ).
bool is_scheme(std::string_view text) {
    const auto follows = [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    };
    return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, follows);
}

/// Cuts `mark` and what follows it off `text`.
std::optional<std::string_view> cut_from(std::string_view& text, char mark) {
    const std::size_t at = text.find(mark);
    if (at == npos) return std::nullopt;
    const std::string_view behind = text.substr(at + 1);
    text = text.substr(0, at);
    return behind;
}

}  // namespace

UrlParts split_url(std::string_view url) {
    UrlParts parts;
    parts.fragment = cut_from(url, '#');
    parts.query = cut_from(url, '?');
    if (const std::size_t colon = url.find(':'); colon != npos && is_scheme(url.substr(0, colon))) {
        parts.scheme = url.substr(0, colon);
        url.remove_prefix(colon + 1);
    }
    if (url.starts_with("//")) {
        url.remove_prefix(2);
        const std::size_t size = std::min(url.find('/'), url.size());
        parts.authority = url.substr(0, size);
        url.remove_prefix(size);
    }
    parts.path = url;
    return parts;
}

AuthorityParts split_authority(std::string_view authority) {
    AuthorityParts parts;
    if (const std::size_t at = authority.rfind('@'); at != npos) {
        parts.userinfo = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    // A colon inside of brackets belongs to the address.
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : npos;
    const std::size_t colon = authority.find(':', bracket == npos ? 0 : bracket);
    parts.host = authority.substr(0, colon);
    if (colon != npos) parts.port = authority.substr(colon + 1);
    return parts;
}

}  // namespace sluice::http
