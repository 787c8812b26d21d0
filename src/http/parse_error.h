// HTTP parse errors and message limits: why bytes are no message that Sluice takes.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "base/result.h"
#include "http/status.h"

namespace sluice::http {

/// What a server answers before it closes the connection; a client that gets one drops the answer.
struct ParseError {
    Status status = Status::bad_request;
    std::string_view description;  // one plain sentence, static text
};

template <class T = void>
using ParseResult = std::expected<T, ParseError>;

inline std::unexpected<ParseError> bad_request(std::string_view description) {
    return failure(ParseError{Status::bad_request, description});
}

/// Bounds on one message. Beyond them stand 414, 431 and 413.
struct MessageLimits {
    std::size_t target_bytes_max = 8 * 1024;   // request target (for an answer: the status line)
    std::size_t fields_bytes_max = 32 * 1024;  // header block behind the start line
    std::size_t fields_max = 100;              // field lines
    std::size_t body_bytes_max = 4 * 1024 * 1024;  // decoded
};

}  // namespace sluice::http
