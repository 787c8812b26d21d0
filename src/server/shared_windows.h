// Wiring: one shard's access to the rate limit windows that boxes share.
#pragma once

#include <memory>

#include "io/shard.h"
#include "io/worker_pool.h"
#include "storage/redis/redis.h"
#include "storage/shared_windows.h"

namespace sluice::server {

/// Null where `redis` is: no windows are shared. workers  Look names up. All of them outlive it.
std::unique_ptr<storage::SharedWindows> open_windows(storage::Redis* redis, io::Shard& shard,
                                                     io::WorkerPool& workers,
                                                     storage::SharedWindowsListener& listener);

}  // namespace sluice::server
