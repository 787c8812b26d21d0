// Server context: what the connections of one shard share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/tls_server_context.h"
#include "http/connection_buffers.h"
#include "http/http_date.h"
#include "http/server_settings.h"
#include "http/service.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "io/tls_buffers.h"

namespace sluice::http {

/// Handshakes so far.
struct TlsCounts {
    std::uint64_t full = 0;
    std::uint64_t resumed = 0;
    std::uint64_t failed = 0;  // plain HTTP too, and those that took too long
};

/// Outlives the connections.
struct ServerContext {
    ServerContext(io::Shard& its_shard, const ServerSettings& its_settings, Service& its_service,
                  RequestObserver* its_observer)
        : shard(its_shard),
          settings(its_settings),
          service(its_service),
          observer(its_observer),
          buffers(settings.limits, settings.buffer_bytes_kept),
          next_id(std::uint64_t{shard.index()} << 48 | 1) {}

    std::string_view date() { return dates.text(shard.wall_now()); }

    io::Shard& shard;
    ServerSettings settings;
    Service& service;
    RequestObserver* observer;  // may be null
    BufferPool buffers;
    HttpDate dates;
    std::optional<crypto::TlsServerContext> tls;  // where new connections with TLS begin
    io::TlsBuffers tls_buffers;
    TlsCounts tls_counts;
    std::uint64_t next_id;           // of the next request, unique in the process
    std::size_t buffered_bytes = 0;  // input that the connections hold
    io::CancelScope drain;           // cancelled: connections end with the answer they are at
    io::CancelScope stop;            // cancelled: connections end now
};

}  // namespace sluice::http
