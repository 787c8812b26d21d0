// What the connections of one shard share.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/connection_buffers.h"
#include "http/http_date.h"
#include "http/server_settings.h"
#include "http/service.h"
#include "io/cancel.h"
#include "io/shard.h"

namespace sluice::http {

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
    std::uint64_t next_id;           // of the next request, unique in the process
    std::size_t buffered_bytes = 0;  // input that the connections hold
    io::CancelScope drain;           // cancelled: connections end with the answer they are at
    io::CancelScope stop;            // cancelled: connections end now
};

}  // namespace sluice::http
