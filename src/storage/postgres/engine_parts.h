// Engine parts: what the stores of one engine share.
#pragma once

#include <algorithm>
#include <atomic>
#include <vector>

#include "io/sharded.h"
#include "io/worker_pool.h"
#include "storage/postgres/connector.h"
#include "storage/postgres/postgres_settings.h"
#include "storage/store.h"

namespace sluice::storage::postgres {

/// One for each shard, only touched on it; outlives the shard's store.
struct ListenerPort {
    bool opened = false;                // has a store; set before the shards run
    StoreListener* listener = nullptr;  // null before somebody listens, and at the end
};

struct EngineParts {
    EngineParts(PostgresSettings taken, std::vector<io::Waker> wakers, std::size_t jobs_max,
                unsigned shard_count)
        : settings(std::move(taken)),
          connector(settings, stopping),
          pool(std::move(wakers), jobs_max),
          ports(shard_count) {
        for (unsigned shard = 0; shard < shard_count; ++shard) listeners.set(shard, ports[shard]);
    }

    /// The shard that does what is done once a process: 0, where that one has a store.
    unsigned first_shard() const {
        return static_cast<unsigned>(std::ranges::find(ports, true, &ListenerPort::opened) -
                                     ports.begin());
    }

    const PostgresSettings settings;
    std::atomic<bool> stopping = false;  // set by the first shard that ends; all do then
    const Connector connector;
    io::WorkerPool pool;  // runs the connector
    std::vector<ListenerPort> ports;
    io::Sharded<ListenerPort> listeners;
};

}  // namespace sluice::storage::postgres
