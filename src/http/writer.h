// HTTP message writer (RFC 9112). Allocates only where the string has to grow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"
#include "http/outgoing_request.h"

namespace sluice::http {

struct ResponseOptions {
    std::string_view date;  // an HttpDate
    bool close = false;     // this is the connection's last answer
    Seconds hsts{};         // Strict-Transport-Security; zero: none
    bool to_head = false;   // the request was a HEAD: Content-Length stands, the body does not
};

/// The whole answer: head, then body.
void append_response(std::string& out, const Response& response, const ResponseOptions& options);

enum class StreamCoding : std::uint8_t { chunked, until_close };

/// The head of an answer whose body follows in pieces; `response.body()` plays no part.
void append_stream_head(std::string& out, const Response& response, StreamCoding coding,
                        const ResponseOptions& options);

/// One chunk of RFC 9112 §7.1; nothing for empty data, which would end the body.
void append_chunk(std::string& out, std::string_view data);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

inline constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

/// `host` is the upstream's own authority. Content-Length stands where there is a body or where the
/// method suggests one (RFC 9110 §8.6).
void append_request(std::string& out, const OutgoingRequest& request, std::string_view host);

}  // namespace sluice::http
