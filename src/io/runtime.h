// Runtime, thread per core: one pinned thread and shard per core, started and stopped together.
#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "io/event.h"
#include "io/kernel_ring.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/waker.h"

namespace sluice::io {

/// The cores this process may use, in order.
std::vector<unsigned> usable_cores();

class Runtime {
public:
    /// shards   One a core in the order of usable_cores(), wrapping round; 0: one for every usable
    /// core. Errors   say what was refused and what to do.
    static std::expected<std::unique_ptr<Runtime>, std::string> create(
        unsigned shards, const KernelRing::Options& options, Clock& clock);
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;
    ~Runtime();

    unsigned count() const { return static_cast<unsigned>(shards_.size()); }
    Shard& shard(unsigned index) { return *shards_[index]; }

    /// A shard's whole work: ends some time after `stop` was set, with nothing left in flight.
    using Root = std::function<Task<void>(Shard&, Event& stop)>;
    /// Starts every shard's thread on `root`, and returns.
    void start(Root root);
    /// From one thread that is no shard's, before join(): sets every shard's stop event.
    void request_stop();
    /// Waits until every root has ended.
    void join();

private:
    struct StopMessage;

    Runtime() = default;
    void run(unsigned index, const Root& root);

    std::vector<std::unique_ptr<Shard>> shards_;
    std::vector<KernelRing*> rings_;
    std::vector<std::unique_ptr<StopMessage>> stops_;
    std::atomic<unsigned> unfinished_ = 0;  // roots that still run
    std::optional<Waker> stop_waker_;  // made at the start: at the end no descriptor may be left
    bool stop_requested_ = false;
    std::vector<std::jthread> threads_;
    Root root_;
};

}  // namespace sluice::io
