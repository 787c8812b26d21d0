// Fatal error: ends the process, since going on could lose what was acknowledged.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

namespace sluice::server {

class FatalError {
public:
    /// stop  Begins the orderly end of the process; from any shard's thread. May be empty.
    explicit FatalError(std::function<void()> stop) : stop_(std::move(stop)) {}

    /// From any thread. Whoever calls has logged why.
    void fail() {
        if (!failed_.exchange(true, std::memory_order_acq_rel) && stop_) stop_();
    }
    /// The process has to end with a status that says so.
    bool failed() const { return failed_.load(std::memory_order_acquire); }

private:
    std::function<void()> stop_;
    std::atomic<bool> failed_ = false;
};

}  // namespace sluice::server
