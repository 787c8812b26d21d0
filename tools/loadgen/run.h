// A whole run: tokens prepared, load applied, everything about it kept for the reports.
#pragma once

#include <atomic>
#include <expected>
#include <string>
#include <vector>

#include "base/clock.h"
#include "loadgen/load.h"
#include "loadgen/progress.h"
#include "loadgen/settings.h"

namespace sluice::loadgen {

struct Preparation {
    std::uint64_t tokens = 0;
    std::uint64_t users = 0;  // that hold a refresh token
    Duration took{};
    std::size_t memory_bytes = 0;
};

/// The processes that the load was meant for.
struct ServerUse {
    bool known = false;
    Duration cpu{};
    std::uint64_t resident_bytes = 0;  // at the end
};

struct RunResult {
    WallTime started_at;
    Preparation preparation;
    LoadResult load;
    ServerUse server;
    unsigned threads = 1;
    std::vector<std::string> warnings;
};

/// Errors: the name has no address, tokens could not be had, no io_uring; in a sentence.
std::expected<RunResult, std::string> run(const Settings& settings, Clock& clock,
                                          const std::atomic<bool>& stop, ProgressLine& progress);

/// Units of work that ended well, for each second.
double throughput(const LoadResult& load);
/// The share of its cores that the generator used, in [0, 1].
double generator_share(const RunResult& result);

}  // namespace sluice::loadgen
