// Request line and request target (RFC 9112 §3), with one normal form for every path.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "http/parse_error.h"

namespace sluice::http {

/// The parts of "POST /token HTTP/1.1"; views into the line.
struct RequestLine {
    Method method = Method::get;
    Version version = Version::http_1_1;
    std::string_view target;
};

/// Errors: 400 malformed, 501 a method that is not served (CONNECT and TRACE are not), 505 another
/// version, 414 a target longer than `target_bytes_max`.
ParseResult<RequestLine> parse_request_line(std::string_view line, std::size_t target_bytes_max);

/// A target taken apart; views into it.
struct Target {
    std::string_view authority;  // empty unless the target is an absolute URI
    std::string_view path;       // as received; empty where an absolute URI has none
    std::string_view query;
    bool needs_normalizing = false;  // the path to use is what normalize_path() gives
};

/// Origin form, absolute form (http and https), and "*" for OPTIONS: RFC 9112 §3.2.
/// Errors: any other form, a fragment, `\`, `//`, a dot segment, a byte that no path or query may
/// hold.
ParseResult<Target> parse_target(Method method, std::string_view target);

/// The normal form of RFC 3986 §6.2.2 and §6.2.3: "/" for an empty path, unreserved characters
/// decoded, other escapes upper case. Errors: a broken escape, an escaped '/', '\' or control
/// character, a dot segment that was escaped.
ParseResult<> normalize_path(std::string_view path, std::string& normal);

}  // namespace sluice::http
