#include "loadgen/worker.h"

#include <sys/prctl.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/result.h"

namespace sluice::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr unsigned connecting_max = 256;  // at once, so that no server's queue overflows
constexpr Duration sweep_every = milliseconds{20};
constexpr std::size_t seats_many = 5000;  // to be swept less often
constexpr Duration wait_max = milliseconds{20};
constexpr Duration spin_below = microseconds{5};  // sleeping would be late
constexpr unsigned timer_slack_ns = 1;

}  // namespace

Worker::Worker(const WorkerPlan& plan, Scenario& scenario, Recorder& recorder, Clock& clock,
               const std::atomic<bool>& stop)
    : plan_(plan),
      scenario_(scenario),
      recorder_(recorder),
      clock_(clock),
      stop_(stop),
      seats_(plan.connections),
      to_open_(plan.connections),
      idle_(plan.connections) {}

Worker::~Worker() = default;

std::expected<void, std::string> Worker::run(MonotonicTime begin) {
    prctl(PR_SET_TIMERSLACK, timer_slack_ns);
    TRY(ring_,
        io::KernelRing::create(
            {.submissions = 1024, .completions = 16384, .buffers = 512, .buffer_bytes = 8192}));
    ring_->adopt_by_this_thread();
    std::this_thread::sleep_until(begin);
    set_up(begin);
    while (!finished()) turn();
    if (cpu_started_ && !cpu_ended_) measure_cpu();
    count_unsent();
    shut_down();
    return {};
}

void Worker::set_up(MonotonicTime begin) {
    now_ = clock_.monotonic();
    measure_from_ = begin + plan_.warm_up;
    if (plan_.duration > Duration::zero()) until_ = measure_from_ + plan_.duration;
    recorder_.measure(measure_from_, until_, plan_.rate.has_value());
    if (plan_.rate) arrivals_.emplace(plan_.arrivals, *plan_.rate, begin, plan_.seed);
    if (plan_.target.trust) {
        using Certificate = crypto::TlsClientContext::ServerCertificate;
        tls_context_.emplace(*plan_.target.trust, plan_.target.believes_anybody
                                                      ? Certificate::ignored
                                                      : Certificate::verified);
        tls_.emplace(*tls_context_, plan_.target.host, plan_.resumes_tls);
    }
    TlsUse* tls = tls_ ? &*tls_ : nullptr;
    for (unsigned index = 0; index < seats_.size(); ++index) {
        seats_[index].connection = std::make_unique<Connection>(*ring_, *this, index, plan_.depth,
                                                                scenario_.streams(), tls);
        to_open_.push(index);
    }
}

void Worker::turn() {
    if (!cpu_started_ && now_ >= measure_from_) measure_cpu();
    if (cpu_started_ && !cpu_ended_ && now_ >= until_) measure_cpu();
    if (stop_.load(std::memory_order_relaxed) && until_ > now_) {
        until_ = std::max(now_, measure_from_);
        recorder_.end_at(until_);
    }
    open_some();
    if (arrivals_) dispatch_due();
    if (now_ >= next_sweep_) sweep();
    ring_->run_once(time_to_wait());
    now_ = clock_.monotonic();
}

bool Worker::finished() const {
    if (plan_.units > 0 && begun_ >= plan_.units && in_flight_ == 0) return true;
    if (now_ < until_) return false;
    if (!arrivals_ || scenario_.streams()) return true;
    // What was due has to be sent and answered, or to time out.
    const bool all_sent = arrivals_->due() >= until_;
    return (all_sent && in_flight_ == 0) || now_ >= until_ + plan_.timeout;
}

bool Worker::may_begin() const {
    return !ending_ && (plan_.units == 0 || begun_ < plan_.units) && (arrivals_ || now_ < until_);
}

Duration Worker::time_to_wait() const {
    if (plan_.busy_poll) return Duration::zero();
    if (!to_open_.empty() && connecting_ < connecting_max) return Duration::zero();
    if (!arrivals_ || idle_.empty()) return wait_max;
    const MonotonicTime due = arrivals_->due();
    if (due >= until_) return wait_max;
    const Duration wait = due - now_ - spin_below;
    return std::clamp(wait, Duration::zero(), wait_max);
}

void Worker::open_some() {
    while (connecting_ < connecting_max && !to_open_.empty()) {
        Seat& seat = seats_[to_open_.pop()];
        Connection& connection = *seat.connection;
        if (connection.state() != Connection::State::closed) continue;
        if (!connection.owes() && plan_.new_connections) {
            if (arrivals_) {
                offer(connection);
                continue;
            }
            if (!may_begin()) continue;
            begin_unit(connection, now_);
        }
        if (scenario_.streams() && arrivals_) {
            offer(connection);
            continue;
        }
        ++connecting_;
        connection.open(plan_.target.address, now_);
    }
}

void Worker::dispatch_due() {
    while (arrivals_->due() <= now_ && arrivals_->due() < until_ && may_begin()) {
        if (idle_.empty()) return;
        Connection& connection = *seats_[idle_.pop()].connection;
        const bool closed = connection.state() == Connection::State::closed;
        const bool opens = plan_.new_connections || scenario_.streams();
        const bool usable =
            opens ? closed && !connection.owes() : connection.state() == Connection::State::open;
        if (!usable || !connection.has_room()) continue;
        recorder_.late(std::max(arrivals_->due(), idle_since_), now_);
        begin_unit(connection, arrivals_->due());
        arrivals_->advance();
        if (closed) {
            ++connecting_;
            connection.open(plan_.target.address, now_);
        } else {
            connection.flush();
            offer(connection);
        }
    }
}

void Worker::begin_unit(Connection& connection, MonotonicTime begun) {
    ++begun_;
    ++in_flight_;
    const OperationId first = scenario_.begin(connection.index(), connection.output());
    connection.owe({begun, now_, first});
}

void Worker::fill(Connection& connection) {
    while (connection.has_room() && may_begin()) begin_unit(connection, now_);
}

/// Open loop: the connection may take the next arrival.
void Worker::offer(Connection& connection) {
    if (!connection.has_room()) return;
    if (idle_.empty()) idle_since_ = now_;
    idle_.push(connection.index());
}

void Worker::sweep() {
    next_sweep_ = now_ + (seats_.size() > seats_many ? 5 * sweep_every : sweep_every);
    for (Seat& seat : seats_) {
        Connection& connection = *seat.connection;
        if (now_ >= seat.retry_at) {
            seat.retry_at = MonotonicTime::max();
            to_open_.push(connection.index());
        } else if (is_late(seat)) {
            const bool connecting = connection.state() == Connection::State::connecting;
            if (connecting) --connecting_;
            if (connecting && !connection.owes()) {
                recorder_.unit_failed(connection.opened_at(), now_, Failure::timeout, 0,
                                      "no connection in time");
            }
            fail_owed(connection, Failure::timeout,
                      connecting ? "no connection in time" : "no whole answer in time");
            seat.failed = connecting;
            connection.close();
        }
    }
}

bool Worker::is_late(const Seat& seat) const {
    const Connection& connection = *seat.connection;
    switch (connection.state()) {
        case Connection::State::connecting:
            return now_ - connection.opened_at() > plan_.timeout;
        case Connection::State::open:
            return connection.owes() && !seat.stream_open &&
                   now_ - connection.oldest().sent > plan_.timeout;
        case Connection::State::closed:
        case Connection::State::closing:
            break;
    }
    return false;
}

/// What is owed now never comes: only an open loop waited for it to the end.
void Worker::count_unsent() {
    ending_ = true;
    if (!arrivals_ || scenario_.streams()) return;
    for (const Seat& seat : seats_) {
        fail_owed(*seat.connection, Failure::timeout, "no whole answer until the end of the run");
    }
    if (plan_.units > 0) return;  // all that was asked for was sent
    for (; arrivals_->due() < until_; arrivals_->advance()) {
        recorder_.unit_failed(arrivals_->due(), now_, Failure::unsent, 0,
                              "due, but no connection was free until the end of the run");
    }
}

void Worker::measure_cpu() {
    const ThreadCpu now = ThreadCpu::now(clock_);
    if (!std::exchange(cpu_started_, true)) {
        cpu_at_start_ = now;
        return;
    }
    cpu_ended_ = true;
    recorder_.set_cpu(now.user - cpu_at_start_.user, now.system - cpu_at_start_.system,
                      now.waited - cpu_at_start_.waited, now.at - cpu_at_start_.at);
}

void Worker::shut_down() {
    for (const Seat& seat : seats_) seat.connection->close();
    const auto closed = [](const Seat& seat) {
        return seat.connection->state() == Connection::State::closed;
    };
    while (!std::ranges::all_of(seats_, closed)) ring_->run_once(wait_max);
    ring_->run_once(Duration::zero());  // hands the last closing over
}

}  // namespace sluice::loadgen
