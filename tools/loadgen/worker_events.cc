// What a worker does about its connections' events.
#include <fmt/format.h>

#include "base/check.h"
#include "loadgen/worker.h"

namespace sluice::loadgen {
namespace {

constexpr Duration retry_after = std::chrono::milliseconds{100};
constexpr std::size_t sample_bytes_max = 160;

/// A short line that tells a person what came.
std::string sample_of(std::string_view operation, const Answer& answer) {
    std::string text =
        fmt::format("{}: {} {}", operation, answer.status, answer.body.substr(0, sample_bytes_max));
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return text;
}

/// Empty lines, which end events; `line_ended` is kept between pieces.
std::uint64_t count_events(std::string_view piece, bool& line_ended) {
    std::uint64_t events = 0;
    for (const char c : piece) {
        if (c == '\r') continue;
        if (c == '\n' && line_ended) ++events;
        line_ended = c == '\n';
    }
    return events;
}

}  // namespace

void Worker::on_connected(Connection& connection) {
    CHECK(connecting_ > 0);
    --connecting_;
    recorder_.connected(connection.tls(), now_);
    if (connection.owes()) return;  // goes out now
    if (!arrivals_) return fill(connection);
    offer(connection);
}

void Worker::on_answer(Connection& connection, Owed owed, const Answer& answer, bool keeps_alive) {
    now_ = clock_.monotonic();
    recorder_.received(answer.bytes, now_);
    const std::size_t output_before = connection.output().size();
    const Verdict verdict =
        scenario_.on_answer(connection.index(), owed.operation, answer, connection.output());
    if (verdict.kind == Verdict::Kind::failed) {
        connection.output().resize(output_before);
        unit_failed(owed, connection.index(), verdict.failure, answer.status,
                    sample_of(scenario_.operations()[owed.operation], answer));
    } else {
        recorder_.step_done(owed.operation, owed.begun, owed.sent, now_);
        if (verdict.kind == Verdict::Kind::more) {
            return connection.owe({owed.begun, now_, verdict.next});
        }
        CHECK(in_flight_ > 0);
        --in_flight_;
        recorder_.unit_done(owed.begun, now_);
    }
    unit_ended(connection, keeps_alive);
}

void Worker::unit_ended(Connection& connection, bool keeps_alive) {
    if (plan_.new_connections || scenario_.streams()) {
        seats_[connection.index()].failed = scenario_.streams();  // it should have been a stream
        return connection.close();
    }
    if (!keeps_alive) return;
    if (arrivals_) return offer(connection);
    if (may_begin()) begin_unit(connection, now_);
}

void Worker::on_stream(Connection& connection, const Answer& head, std::string_view piece) {
    Seat& seat = seats_[connection.index()];
    if (!seat.stream_open) {
        now_ = clock_.monotonic();
        const Owed& owed = connection.oldest();
        const Verdict verdict =
            scenario_.on_answer(connection.index(), owed.operation, head, connection.output());
        if (verdict.kind == Verdict::Kind::failed) return;  // told once its body is there
        seat.stream_open = true;
        recorder_.step_done(owed.operation, owed.begun, owed.sent, now_);
        recorder_.unit_done(owed.begun, now_);
        CHECK(in_flight_ > 0);
        --in_flight_;
        recorder_.stream_opened();
    }
    recorder_.received(piece.size(), now_);
    recorder_.event(count_events(piece, seat.line_ended));
}

void Worker::on_broken(Connection& connection, Failure why, std::string_view reason) {
    now_ = clock_.monotonic();
    Seat& seat = seats_[connection.index()];
    if (why == Failure::connect || why == Failure::tls) {
        CHECK(connecting_ > 0);
        --connecting_;
        seat.failed = true;
        if (!connection.owes()) {
            recorder_.unit_failed(connection.opened_at(), now_, why, 0, reason);
        }
    }
    if (why == Failure::malformed) seat.failed = true;
    fail_owed(connection, why, reason);
}

void Worker::on_closed(Connection& connection) {
    Seat& seat = seats_[connection.index()];
    if (seat.stream_open) {
        seat.stream_open = false;
        seat.failed = true;
        if (!ending_) recorder_.stream_ended();
    }
    if (ending_) return;
    if (seat.failed) {
        seat.failed = false;
        seat.retry_at = now_ + retry_after;
        return;
    }
    to_open_.push(connection.index());
}

void Worker::fail_owed(Connection& connection, Failure why, std::string_view reason) {
    while (connection.owes()) {
        const Owed owed = connection.take_oldest();
        unit_failed(owed, connection.index(), why, 0, reason);
    }
}

void Worker::unit_failed(const Owed& owed, unsigned user, Failure why, int status,
                         std::string_view sample) {
    if (!seats_[user].stream_open) --in_flight_;
    recorder_.unit_failed(owed.begun, now_, why, status, sample);
    scenario_.on_failure(user, owed.operation);
}

}  // namespace sluice::loadgen
