// Naming what happened on an upstream connection.
#include "http/client_error.h"

namespace sluice::http {

ClientError client_error(io::Error error, ClientError::Kind otherwise) {
    using enum ClientError::Kind;
    if (error.timed_out()) return {timed_out, "The server did not answer in time."};
    if (error.cancelled()) return {cancelled, "The request was cancelled."};
    if (otherwise == refused) return {refused, "The server cannot be reached."};
    return {otherwise, "The server closed the connection before its response was complete."};
}

}  // namespace sluice::http
