// What one thread counts, second by second, and the sum of several threads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/tls_session.h"
#include "loadgen/failure.h"
#include "loadgen/histogram.h"
#include "loadgen/scenario.h"

namespace sluice::loadgen {

/// One second of a run.
struct Interval {
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    SparseHistogram latencies;
};

struct OperationCounts {
    std::uint64_t done = 0;
    Histogram latencies;
};

/// The counts of one or more threads.
struct Counts {
    std::uint64_t done = 0;      // units of work that ended well
    std::uint64_t failed = 0;    // units of work that did not
    std::uint64_t requests = 0;  // answers that were right; more than `done` where units have steps
    std::array<std::uint64_t, failure_kinds> failures{};
    std::map<int, std::uint64_t> wrong_statuses;
    std::vector<std::string> samples;  // what the first failures looked like
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t connects = 0;      // connections made while measuring
    std::uint64_t resumed = 0;       // of them, those that resumed a TLS session
    std::string tls;                 // what the first handshake agreed on
    std::uint64_t events = 0;        // of event streams
    std::uint64_t open_streams = 0;  // at the end
    Histogram latencies;             // of units of work
    Histogram lateness;              // open loop: how late behind its schedule a request was sent
                                     // although a connection was free: the generator's own doing
    std::vector<OperationCounts> operations;
    std::vector<Interval> seconds;
    Duration cpu_user{};
    Duration cpu_system{};
    Duration waited_for_core{};  // ready to run, but others had the core
    double busiest_thread = 0;   // CPU time over time passed
    MonotonicTime last_end{};    // of the last unit of work that counts

    void add(const Counts& other);
};

/// Written by one thread, read by the one that shows progress.
struct LiveCounts {
    std::atomic<std::uint64_t> done = 0;
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<std::uint64_t> open_streams = 0;
};

/// Collects for one thread. Steps and units outside of the measured time are not counted.
class Recorder {
public:
    static constexpr std::size_t samples_max = 5;

    explicit Recorder(std::size_t operations);

    /// The units of work that end (open loop: begin, by their schedule) in [from, until) count.
    void measure(MonotonicTime from, MonotonicTime until, bool by_begin);

    /// The measured time ends early.
    void end_at(MonotonicTime until) { until_ = until; }

    void unit_done(MonotonicTime begun, MonotonicTime now);
    void unit_failed(MonotonicTime begun, MonotonicTime now, Failure why, int status,
                     std::string_view sample);
    void step_done(OperationId operation, MonotonicTime begun, MonotonicTime sent,
                   MonotonicTime now);
    void late(MonotonicTime due, MonotonicTime now);
    void received(std::size_t bytes, MonotonicTime now);
    void sent(std::size_t bytes, MonotonicTime now);
    /// tls   null where there is none
    void connected(const crypto::TlsSession* tls, MonotonicTime now);
    void event(std::uint64_t count) { counts_.events += count; }
    void stream_opened() {
        live_.open_streams.store(++counts_.open_streams, std::memory_order_relaxed);
    }
    void stream_ended() {
        live_.open_streams.store(--counts_.open_streams, std::memory_order_relaxed);
    }

    const Counts& counts() const { return counts_; }
    LiveCounts& live() { return live_; }
    /// Ends the last second; then counts() is whole.
    Counts finish();
    void set_cpu(Duration user, Duration system, Duration waited, Duration passed);

private:
    bool inside(MonotonicTime time) const { return time >= from_ && time < until_; }
    bool counts_unit(MonotonicTime begun, MonotonicTime now) const {
        return inside(by_begin_ ? begun : now);
    }
    void enter_second_of(MonotonicTime now);
    void end_second();

    Counts counts_;
    LiveCounts live_;
    MonotonicTime from_ = MonotonicTime::max();
    MonotonicTime until_ = MonotonicTime::max();
    MonotonicTime second_ends_ = MonotonicTime::max();
    bool by_begin_ = false;
    Interval second_;
    Histogram second_latencies_;
};

}  // namespace sluice::loadgen
