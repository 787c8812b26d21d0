// Message framing (RFC 9112 §6, §9), against request smuggling: where a message ends, whether its
// connection goes on, and the Host rule of §3.2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/message.h"
#include "http/parse_error.h"

namespace sluice::http {

struct RequestFraming {
    std::uint64_t content_length = 0;  // 0 when chunked
    bool chunked = false;
    bool keep_alive = true;         // as far as the client is concerned
    bool expects_continue = false;  // RFC 9110 §10.1.1
    std::string_view host;          // value of Host; empty only where HTTP/1.0 leaves it out
};

/// Errors: 400 whatever two servers could read differently (both lengths, a length or coding twice
/// or in an odd spelling, a coding but `chunked`, a coding in HTTP/1.0, Host missing, twice or
/// odd), 413 a length above `body_bytes_max`, 417 an expectation but 100-continue.
ParseResult<RequestFraming> request_framing(Version version, std::span<const Field> fields,
                                            std::size_t body_bytes_max);

enum class BodyKind : std::uint8_t { none, length, chunked, until_close };

struct ResponseFraming {
    BodyKind kind = BodyKind::none;
    std::uint64_t content_length = 0;
    bool keep_alive = true;
};

/// RFC 9112 §6.3, as strict as for requests, except that one length may stand several times.
/// `to_head` says that the request was a HEAD.
ParseResult<ResponseFraming> response_framing(Version version, Status status, bool to_head,
                                              std::span<const Field> fields);

/// Host and optional port, without user information: names, IPv4, IPv6 in brackets.
bool is_host_and_port(std::string_view text);

}  // namespace sluice::http
