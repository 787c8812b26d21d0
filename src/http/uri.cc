// Taking URIs apart.
#include "http/uri.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/uri_chars.h"

namespace sluice::http {
namespace {

// Every character is allowed by `allowed` or is '%' with two digits.
template <class Allowed>
bool is_encoded(std::string_view text, Allowed allowed) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%') {
            if (!percent_decode(text, at)) return false;
            at += 2;
        } else if (!allowed(text[at])) {
            return false;
        }
    }
    return true;
}

bool is_scheme(std::string_view text) {
    return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

bool is_reg_name_char(char c) {
    return is_unreserved(c) || is_sub_delim(c);
}

bool is_host(std::string_view text) {
    if (!text.starts_with('[')) return is_encoded(text, is_reg_name_char);
    return text.size() > 2 && text.ends_with(']') &&
           std::ranges::all_of(text.substr(1, text.size() - 2),
                               [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; });
}

bool parse_authority(std::string_view text, Uri& uri) {
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        uri.userinfo = text.substr(0, at);
        text.remove_prefix(at + 1);
        if (!is_encoded(*uri.userinfo, [](char c) { return is_reg_name_char(c) || c == ':'; })) {
            return false;
        }
    }
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    if (const std::size_t colon = text.find(':', bracket); colon != std::string_view::npos) {
        uri.port = text.substr(colon + 1);
        text = text.substr(0, colon);
        if (!std::ranges::all_of(*uri.port, is_digit)) return false;
    }
    uri.host = text;
    return is_host(text);
}

// Cuts `text` at the first of `marks` and gives what stands behind the mark, if there is one.
std::optional<std::string_view> cut_at(std::string_view& text, char mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view behind = text.substr(at + 1);
    text = text.substr(0, at);
    return behind;
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view text) {
    Uri uri;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    uri.scheme = text.substr(0, colon);
    if (!is_scheme(uri.scheme)) return std::nullopt;
    std::string_view rest = text.substr(colon + 1);
    uri.fragment = cut_at(rest, '#');
    uri.query = cut_at(rest, '?');
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        if (!parse_authority(rest.substr(0, slash), uri)) return std::nullopt;
        rest.remove_prefix(slash);
    }
    uri.path = rest;
    const auto in_path = [](char c) { return is_pchar(c) || c == '/'; };
    const auto in_query = [](char c) { return is_pchar(c) || c == '/' || c == '?'; };
    if (!is_encoded(uri.path, in_path) || !is_encoded(uri.query.value_or(""), in_query) ||
        !is_encoded(uri.fragment.value_or(""), in_query)) {
        return std::nullopt;
    }
    return uri;
}

bool append_percent_decoded(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        const std::optional<char> byte = percent_decode(text, at);
        if (!byte) return false;
        out += *byte;
        at += 2;
    }
    return true;
}

void append_percent_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += upper_hex[byte >> 4];
        out += upper_hex[byte & 15];
    }
}

std::optional<HttpUrl> HttpUrl::parse(std::string_view text) {
    const std::optional<Uri> uri = parse_uri(text);
    if (!uri || !uri->host || uri->host->empty() || uri->userinfo || uri->fragment) {
        return std::nullopt;
    }
    HttpUrl url;
    url.secure_ = equal_ignoring_case(uri->scheme, "https");
    if (!url.secure_ && !equal_ignoring_case(uri->scheme, "http")) return std::nullopt;
    const std::uint16_t own_port = url.secure_ ? 443 : 80;
    const std::uint64_t port = uri->port && !uri->port->empty()
                                   ? parse_decimal(*uri->port).value_or(0)
                                   : std::uint64_t{own_port};
    if (port == 0 || port > 65535) return std::nullopt;
    url.port_ = static_cast<std::uint16_t>(port);
    url.host_ = to_lower(*uri->host);
    url.authority_ = url.host_;
    if (url.port_ != own_port) url.authority_ += ':' + std::to_string(port);
    if (url.host_.starts_with('[')) url.host_ = url.host_.substr(1, url.host_.size() - 2);
    url.path_ = uri->path.empty() ? "/" : std::string(uri->path);
    url.query_ = uri->query.value_or("");
    CHECK(!url.host_.empty() && url.path_.starts_with('/') && url.port_ != 0);
    return url;
}

std::string HttpUrl::origin() const {
    return (secure_ ? "https://" : "http://") + authority_;
}

std::string HttpUrl::target() const {
    return query_.empty() ? path_ : path_ + '?' + query_;
}

}  // namespace sluice::http
