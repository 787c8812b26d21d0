// Taking request lines and targets apart.
#include "http/target.h"

#include <array>

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"
#include "http/uri_chars.h"

namespace sluice::http {
namespace {

enum CharClass : std::uint8_t { nowhere = 0, in_path = 1, in_query = 2 };

// Browsers leave some characters of a query unescaped that RFC 3986 does not list; no harm is in
// them since a query is only ever split at '&' and decoded.
constexpr auto target_chars = [] {
    std::array<std::uint8_t, 256> table{};
    for (int i = 0x21; i < 0x7f; ++i) {
        const char c = static_cast<char>(i);
        if (is_pchar(c) || c == '/' || c == '%') table[i] |= in_path;
        if (c != '#' && c != '"' && c != '<' && c != '>') table[i] |= in_query;
    }
    return table;
}();

bool has_only(std::string_view text, CharClass wanted) {
    std::uint8_t all = wanted;
    for (const char c : text) all &= target_chars[static_cast<unsigned char>(c)];
    return all == wanted;
}

bool is_dot_segment(std::string_view segment) {
    return segment == "." || segment == "..";
}

// `path` is empty or starts with '/'. An empty segment is only allowed as the last: "/a/".
ParseResult<> check_segments(std::string_view path) {
    CHECK(path.empty() || path.front() == '/');
    for (std::size_t at = 1; !path.empty();) {
        std::size_t end = path.find('/', at);
        const bool last = end == std::string_view::npos;
        if (last) end = path.size();
        const std::string_view segment = path.substr(at, end - at);
        if (is_dot_segment(segment)) return bad_request("The path contains a dot segment.");
        if (last) return {};
        if (segment.empty()) return bad_request("The path contains an empty segment.");
        at = end + 1;
    }
    return {};
}

ParseResult<Version> parse_version(std::string_view text) {
    if (text == "HTTP/1.1") return Version::http_1_1;
    if (text == "HTTP/1.0") return Version::http_1_0;
    const bool well_formed = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                             text[6] == '.' && is_digit(text[7]);
    if (!well_formed) return bad_request("The request line has no valid HTTP version.");
    return failure(
        ParseError{Status::version_not_supported, "Only HTTP/1.0 and HTTP/1.1 are supported."});
}

}  // namespace

ParseResult<RequestLine> parse_request_line(std::string_view line, std::size_t target_bytes_max) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first))) {
        return bad_request("The request line is malformed.");
    }
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (target.empty() || target.find(' ') != std::string_view::npos) {
        return bad_request("The request line is malformed.");
    }
    TRY(const Version version, parse_version(line.substr(last + 1)));
    const std::optional<Method> method = parse_method(line.substr(0, first));
    if (!method)
        return failure(ParseError{Status::not_implemented, "The method is not supported."});
    if (target.size() > target_bytes_max) {
        return failure(ParseError{Status::uri_too_long, "The request target is too long."});
    }
    return RequestLine{*method, version, target};
}

ParseResult<Target> parse_target(Method method, std::string_view target) {
    Target parts;
    if (target == "*") {
        if (method != Method::options) return bad_request("The request target must be a path.");
        parts.path = target;
        return parts;
    }
    std::string_view rest = target;
    if (!rest.starts_with('/')) {
        const std::size_t scheme = rest.find("://");
        if (scheme == std::string_view::npos ||
            !(equal_ignoring_case(rest.substr(0, scheme), "http") ||
              equal_ignoring_case(rest.substr(0, scheme), "https"))) {
            return bad_request("The request target must be a path.");
        }
        rest.remove_prefix(scheme + 3);
        parts.authority = rest.substr(0, rest.find_first_of("/?"));
        if (parts.authority.empty()) return bad_request("The request target has no host.");
        rest.remove_prefix(parts.authority.size());
    }
    const std::size_t question = rest.find('?');
    parts.path = rest.substr(0, question);
    if (question != std::string_view::npos) parts.query = rest.substr(question + 1);
    if (!has_only(parts.path, in_path)) {
        return bad_request("The path contains a character that must be percent-encoded.");
    }
    if (!has_only(parts.query, in_query)) {
        return bad_request("The query contains a character that must be percent-encoded.");
    }
    parts.needs_normalizing = parts.path.empty() || parts.path.find('%') != std::string_view::npos;
    REQUIRE(check_segments(parts.path));
    return parts;
}

ParseResult<> normalize_path(std::string_view path, std::string& normal) {
    normal.assign(path.empty() ? "/" : "");
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] != '%') {
            normal += path[at];
            continue;
        }
        const std::optional<char> byte = percent_decode(path, at);
        if (!byte) return bad_request("The path has an invalid percent-encoding.");
        const auto value = static_cast<unsigned char>(*byte);
        if (value < 0x20 || value == 0x7f || *byte == '/' || *byte == '\\') {
            return bad_request(
                "The path contains a percent-encoded character that is not allowed.");
        }
        if (is_unreserved(*byte)) {
            normal += *byte;
        } else {
            normal += '%';
            normal += upper_hex[value >> 4];
            normal += upper_hex[value & 15];
        }
        at += 2;
    }
    return check_segments(normal);
}

}  // namespace sluice::http
