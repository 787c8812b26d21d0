// HTTP client errors: why an upstream gave no usable answer.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/result.h"
#include "io/error.h"

namespace sluice::http {

struct ClientError {
    enum class Kind : std::uint8_t {
        unresolved,  // its name has no address
        refused,     // no connection came about
        timed_out,   // a deadline passed
        reset,       // the connection ended before the answer did
        garbage,     // what came is no HTTP/1.1 that Sluice takes
        too_large,   // the body is above what the caller allowed
        overloaded,  // all connections to it are in use
        cancelled,   // the caller's scope was cancelled
    };
    Kind kind;
    std::string_view description;  // one plain sentence, static text
};

template <class T = void>
using ClientResult = std::expected<T, ClientError>;

/// The error of a connection that was open, or of opening one (`otherwise` then is `refused`).
ClientError client_error(io::Error error, ClientError::Kind otherwise);

}  // namespace sluice::http
