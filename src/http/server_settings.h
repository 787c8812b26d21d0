// HTTP server timeouts and limits: how patient and how generous with its clients.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"
#include "http/parse_error.h"

namespace sluice::http {

class ClientLocator;

struct ServerSettings {
    MessageLimits limits;

    // From the first byte of a request to the end of its header; beyond it 408. A TLS handshake has
    // as long, from accepting on.
    Duration header_timeout = std::chrono::seconds{10};
    // A body may take this long plus the time its bytes take at the rate below; beyond it 408. A
    // timeout for each read alone would let one byte a second hold a connection for ever.
    Duration body_grace = std::chrono::seconds{10};
    std::size_t body_bytes_per_second_min = 4096;
    // And at no time is a body silent for longer, whatever it brought before.
    Duration body_stall = std::chrono::seconds{15};
    // Between two requests; then the connection is closed without a word.
    Duration idle_timeout = std::chrono::seconds{75};
    // A draining server waits this long, from accepting on, for a connection's first request: it
    // may be under way, and nobody repeats it as they do on a connection that had been idle.
    Duration first_request_grace = std::chrono::milliseconds{250};
    // The same for an answer: this long without progress, or slower than the rate, ends it.
    Duration write_grace = std::chrono::seconds{30};
    std::size_t write_bytes_per_second_min = 16 * 1024;
    // After the last answer: how long unread input is thrown away, so that closing does not reset
    // the connection before the client has read the answer. A body that nobody asked for has as
    // long for each piece, and body_grace for all of it.
    Duration linger = std::chrono::seconds{1};

    // Strict-Transport-Security (RFC 6797) of answers over TLS; zero: none.
    Seconds hsts{};

    // Null: the client is the connection's other end. Outlives the server.
    const ClientLocator* locator = nullptr;

    // Of one shard. Connections beyond it are told so and closed, or just closed in a flood.
    std::size_t connections_max = 16 * 1024;
    // Of one shard: input that is held in memory for requests. While there is more, a request whose
    // body is or will be larger than 64 KiB is answered 503.
    std::size_t buffered_bytes_max = std::size_t{256} * 1024 * 1024;
    // Answers to pipelined requests are collected up to this size before they are sent.
    std::size_t output_batch_bytes = 64 * 1024;
    // Buffers that grew beyond this are given back to the system when a connection goes idle.
    std::size_t buffer_bytes_kept = 64 * 1024;
};

}  // namespace sluice::http
