// What other processes use, as /proc tells it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"

namespace sluice::loadgen {

/// `pids` and everything that descends from them.
std::vector<int> with_descendants(std::span<const int> pids);

/// User and system time of all threads that run now, to the nanosecond where the kernel keeps it.
Duration cpu_of(std::span<const int> pids);
std::uint64_t resident_bytes_of(std::span<const int> pids);
bool all_exist(std::span<const int> pids);

}  // namespace sluice::loadgen
