// One thread of the load: its connections, its schedule, its loop.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/tls_client_context.h"
#include "io/address.h"
#include "io/kernel_ring.h"
#include "loadgen/arrivals.h"
#include "loadgen/connection.h"
#include "loadgen/index_queue.h"
#include "loadgen/scenario.h"
#include "loadgen/statistics.h"
#include "loadgen/thread_cpu.h"

namespace sluice::loadgen {

/// Whom the load is for.
struct Target {
    io::Address address;
    std::optional<crypto::TlsTrust> trust;  // https: who may have signed the certificate
    bool believes_anybody = false;          // https: nobody looks at the certificate
    std::string host;                       // https: whom it has to be for
};

/// What a worker has to do; its own share where it is one of several.
struct WorkerPlan {
    Target target;
    unsigned connections = 1;
    unsigned depth = 1;            // requests on a connection at once
    bool new_connections = false;  // one for each request
    std::optional<double> rate;    // arrivals a second: an open loop; else a closed one
    Arrivals::Kind arrivals = Arrivals::Kind::even;
    std::uint64_t units = 0;  // end after so many; 0: after the duration
    Duration warm_up{};
    Duration duration{};
    Duration timeout{};  // of a request, and of connecting
    std::uint64_t seed = 1;
    bool resumes_tls = false;
    bool busy_poll = false;  // never sleep
};

class Worker final : public ConnectionUser {
public:
    Worker(const WorkerPlan& plan, Scenario& scenario, Recorder& recorder, Clock& clock,
           const std::atomic<bool>& stop);
    ~Worker() override;

    /// Runs the whole load, from `begin` on, on the calling thread. Errors: no io_uring.
    std::expected<void, std::string> run(MonotonicTime begin);

private:
    struct Seat {
        std::unique_ptr<Connection> connection;
        bool failed = false;  // it is opened again only after a while
        MonotonicTime retry_at = MonotonicTime::max();
        bool stream_open = false;
        bool line_ended = false;  // the last byte of the stream was a line end
    };

    void set_up(MonotonicTime begin);
    void turn();
    bool finished() const;
    bool may_begin() const;
    Duration time_to_wait() const;

    void open_some();
    void dispatch_due();
    void fill(Connection& connection);
    void begin_unit(Connection& connection, MonotonicTime begun);
    void unit_ended(Connection& connection, bool keeps_alive);
    void offer(Connection& connection);
    void fail_owed(Connection& connection, Failure why, std::string_view reason);
    void unit_failed(const Owed& owed, unsigned user, Failure why, int status,
                     std::string_view sample);
    bool is_late(const Seat& seat) const;
    void sweep();
    void count_unsent();
    void measure_cpu();
    void shut_down();

    void on_connected(Connection& connection) override;
    void on_answer(Connection& connection, Owed owed, const Answer& answer,
                   bool keeps_alive) override;
    void on_stream(Connection& connection, const Answer& head, std::string_view piece) override;
    void on_broken(Connection& connection, Failure why, std::string_view reason) override;
    void on_closed(Connection& connection) override;

    WorkerPlan plan_;
    Scenario& scenario_;
    Recorder& recorder_;
    Clock& clock_;
    const std::atomic<bool>& stop_;
    std::unique_ptr<io::KernelRing> ring_;
    std::optional<crypto::TlsClientContext> tls_context_;
    std::optional<TlsUse> tls_;
    std::vector<Seat> seats_;
    IndexQueue to_open_;
    IndexQueue idle_;  // open loop: connections with room
    std::optional<Arrivals> arrivals_;
    MonotonicTime now_{};
    MonotonicTime measure_from_{};
    MonotonicTime until_ = MonotonicTime::max();
    MonotonicTime next_sweep_{};
    MonotonicTime idle_since_{};   // when idle_ was last empty no more
    std::uint64_t begun_ = 0;      // units of work
    std::uint64_t in_flight_ = 0;  // units of work
    unsigned connecting_ = 0;
    bool ending_ = false;
    ThreadCpu cpu_at_start_;
    bool cpu_started_ = false;
    bool cpu_ended_ = false;
};

}  // namespace sluice::loadgen
