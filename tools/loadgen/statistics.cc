#include "loadgen/statistics.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::loadgen {
namespace {

void add_interval(Interval& to, const Interval& other) {
    to.done += other.done;
    to.failed += other.failed;
    Histogram sum;
    sum.add(to.latencies);
    sum.add(other.latencies);
    to.latencies = sum.sparse();
}

}  // namespace

void Counts::add(const Counts& other) {
    done += other.done;
    failed += other.failed;
    requests += other.requests;
    for (std::size_t i = 0; i < failures.size(); ++i) failures[i] += other.failures[i];
    for (const auto& [status, count] : other.wrong_statuses) wrong_statuses[status] += count;
    for (const std::string& sample : other.samples) {
        if (samples.size() < Recorder::samples_max) samples.push_back(sample);
    }
    bytes_received += other.bytes_received;
    bytes_sent += other.bytes_sent;
    connects += other.connects;
    resumed += other.resumed;
    if (tls.empty()) tls = other.tls;
    events += other.events;
    open_streams += other.open_streams;
    latencies.add(other.latencies.sparse());
    lateness.add(other.lateness.sparse());
    operations.resize(std::max(operations.size(), other.operations.size()));
    for (std::size_t i = 0; i < other.operations.size(); ++i) {
        operations[i].done += other.operations[i].done;
        operations[i].latencies.add(other.operations[i].latencies.sparse());
    }
    seconds.resize(std::max(seconds.size(), other.seconds.size()));
    for (std::size_t i = 0; i < other.seconds.size(); ++i) {
        add_interval(seconds[i], other.seconds[i]);
    }
    cpu_user += other.cpu_user;
    cpu_system += other.cpu_system;
    waited_for_core += other.waited_for_core;
    last_end = std::max(last_end, other.last_end);
    busiest_thread = std::max(busiest_thread, other.busiest_thread);
}

Recorder::Recorder(std::size_t operations) {
    counts_.operations.resize(operations);
}

void Recorder::measure(MonotonicTime from, MonotonicTime until, bool by_begin) {
    from_ = from;
    until_ = until;
    by_begin_ = by_begin;
    second_ends_ = from + Seconds{1};
    counts_.seconds.reserve(
        static_cast<std::size_t>(std::min((until - from) / Seconds{1} + 1, std::int64_t{1} << 20)));
}

void Recorder::enter_second_of(MonotonicTime now) {
    // What ends behind the last second, as an open loop's last answers do, belongs to it.
    while (now >= second_ends_ && second_ends_ < until_) {
        end_second();
        second_ends_ += Seconds{1};
    }
}

void Recorder::end_second() {
    second_.latencies = second_latencies_.sparse();
    counts_.latencies.add(second_.latencies);
    counts_.seconds.push_back(std::move(second_));
    second_ = {};
    second_latencies_.clear();
}

void Recorder::unit_done(MonotonicTime begun, MonotonicTime now) {
    live_.done.store(live_.done.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (!counts_unit(begun, now)) return;
    if (now >= second_ends_) enter_second_of(now);
    ++counts_.done;
    ++second_.done;
    counts_.last_end = now;
    second_latencies_.record(now - begun);
}

void Recorder::unit_failed(MonotonicTime begun, MonotonicTime now, Failure why, int status,
                           std::string_view sample) {
    live_.failed.store(live_.failed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (!counts_unit(begun, now)) return;
    if (now >= second_ends_) enter_second_of(now);
    ++counts_.failed;
    ++second_.failed;
    counts_.last_end = now;
    ++counts_.failures[static_cast<std::size_t>(why)];
    if (why >= Failure::status_1xx && why <= Failure::status_5xx) ++counts_.wrong_statuses[status];
    const bool known = std::ranges::find(counts_.samples, sample) != counts_.samples.end();
    if (!known && counts_.samples.size() < samples_max) counts_.samples.emplace_back(sample);
}

void Recorder::step_done(OperationId operation, MonotonicTime begun, MonotonicTime sent,
                         MonotonicTime now) {
    if (!counts_unit(begun, now)) return;
    ++counts_.requests;
    if (counts_.operations.size() < 2) return;  // the units say it all
    ++counts_.operations[operation].done;
    counts_.operations[operation].latencies.record(now - sent);
}

void Recorder::late(MonotonicTime due, MonotonicTime now) {
    if (inside(due)) counts_.lateness.record(now - due);
}

void Recorder::received(std::size_t bytes, MonotonicTime now) {
    if (inside(now)) counts_.bytes_received += bytes;
}

void Recorder::sent(std::size_t bytes, MonotonicTime now) {
    if (inside(now)) counts_.bytes_sent += bytes;
}

void Recorder::connected(const crypto::TlsSession* tls, MonotonicTime now) {
    if (tls != nullptr && counts_.tls.empty()) {
        const crypto::TlsDetails details = tls->details();
        counts_.tls = fmt::format("{} {} {}", details.version, details.cipher, details.group);
    }
    if (!inside(now)) return;
    ++counts_.connects;
    if (tls != nullptr && tls->resumed()) ++counts_.resumed;
}

Counts Recorder::finish() {
    if (from_ != MonotonicTime::max()) {
        if (until_ != MonotonicTime::max()) enter_second_of(until_ - Duration{1});
        end_second();
        while (counts_.seconds.size() > 1 && counts_.seconds.back().done == 0 &&
               counts_.seconds.back().failed == 0 && until_ == MonotonicTime::max()) {
            counts_.seconds.pop_back();
        }
    }
    return std::move(counts_);
}

void Recorder::set_cpu(Duration user, Duration system, Duration waited, Duration passed) {
    counts_.cpu_user = user;
    counts_.cpu_system = system;
    counts_.waited_for_core = waited;
    if (passed > Duration::zero()) {
        counts_.busiest_thread =
            static_cast<double>((user + system).count()) / static_cast<double>(passed.count());
    }
}

}  // namespace sluice::loadgen
