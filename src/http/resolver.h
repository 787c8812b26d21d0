// DNS resolver: names to addresses, off the reactor threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/address.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/worker_pool.h"

namespace sluice::http {

/// The address that `host` is in itself; nothing where it is a name.
std::optional<io::Address> numeric_address(const std::string& host, std::uint16_t port);

/// Every TCP address of `host` in the system's order of preference; none where it has none or the
/// pool is full.
io::Task<std::vector<io::Address>> resolve(io::Shard& shard, io::WorkerPool& workers,
                                           std::string host, std::uint16_t port);

}  // namespace sluice::http
