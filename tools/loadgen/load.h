// A load on several threads, from its begin to the sum of what they counted.
#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/scenario.h"
#include "loadgen/statistics.h"
#include "loadgen/worker.h"

namespace sluice::loadgen {

struct Load {
    WorkerPlan total;  // is divided among the threads
    unsigned threads = 1;
    std::vector<unsigned> cores;  // threads are pinned to these in turn; empty: to none
    /// One for each thread, made before any of them starts.
    std::function<std::unique_ptr<Scenario>(unsigned thread)> make_scenario;
};

struct LoadProgress {
    Duration elapsed{};  // since the measured time began; negative while warming up
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    std::uint64_t open_streams = 0;
};

/// Told by run_load(), on its thread.
class LoadObserver {
public:
    virtual ~LoadObserver() = default;
    virtual void on_measure_begin() {}
    virtual void on_measure_end() {}
    virtual void on_progress(const LoadProgress&) {}  // about four times a second
};

struct LoadResult {
    Counts counts;
    Duration measured{};
    std::vector<std::string> operations;
};

/// Errors: no io_uring.
/// stop   ends the load early once it is set; what was counted until then is the result.
std::expected<LoadResult, std::string> run_load(const Load& load, Clock& clock,
                                                const std::atomic<bool>& stop,
                                                LoadObserver& observer);

/// The share of thread `index` in `total` things.
std::uint64_t share_of(std::uint64_t total, unsigned threads, unsigned index);

}  // namespace sluice::loadgen
