// HTTP cache freshness (RFC 9111 §4.2): how long an answer may be used again.
#pragma once

#include <optional>

#include "base/clock.h"
#include "http/response_parser.h"

namespace sluice::http {

/// By Cache-Control (s-maxage before max-age) or else Expires, less Age; zero where it is not to be
/// kept or used unasked; nothing where the answer says nothing that is understood.
std::optional<Seconds> freshness_lifetime(const ResponseHead& head, WallTime now);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7); nothing for any other text.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace sluice::http
