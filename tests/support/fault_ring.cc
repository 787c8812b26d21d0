#include "tests/support/fault_ring.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <numeric>

#include "base/check.h"

namespace sluice::simulation {
namespace {

constexpr unsigned completions_at_once = 3;  // of one multishot receive
constexpr char unused_byte = '\xdd';         // what a buffer holds once it was given back

}  // namespace

FaultRing::FaultRing(SimulatedNetwork& network, Clock& clock, std::uint64_t seed, Options options)
    : network_(network), clock_(clock), dice_(seed), options_(options) {
    memory_.resize(options.buffers, std::vector<char>(options.buffer_bytes, unused_byte));
    free_buffers_.resize(options.buffers);
    std::iota(free_buffers_.begin(), free_buffers_.end(), std::uint16_t{0});
}

FaultRing::~FaultRing() {
    CHECK(in_flight() == 0, "a ring ends with operations in flight");
    CHECK(buffers_lent() == 0, "a ring ends with buffers lent");
}

io::Result<int> FaultRing::open_listener(const io::Address& address) {
    descriptors_.push_back(network_.listen(address));
    return descriptors_.back();
}

io::Result<int> FaultRing::open_socket(const io::Address&) {
    if (dice_.chance(options_.rates.no_descriptor)) return std::unexpected(io::Error{EMFILE});
    descriptors_.push_back(network_.open_socket());
    return descriptors_.back();
}

void FaultRing::close(int fd) {
    const auto uses_it = [fd](const auto& operation) { return operation.fd == fd; };
    CHECK(std::ranges::none_of(pending_, uses_it) && std::ranges::none_of(completions_, uses_it),
          "a descriptor was closed with an operation in flight");
    const auto removed = std::erase(descriptors_, fd);
    CHECK(removed == 1, "a descriptor was closed that is not open on this ring");
    network_.close(fd);
}

std::vector<int> FaultRing::close_listener(int fd) {
    std::vector<int> waiting;
    while (network_.can_accept(fd)) waiting.push_back(network_.accept(fd));
    descriptors_.insert(descriptors_.end(), waiting.begin(), waiting.end());
    close(fd);
    return waiting;
}

void FaultRing::start(Pending pending) {
    CHECK(std::ranges::find(descriptors_, pending.fd) != descriptors_.end(),
          "an operation names a descriptor that is not open on this ring");
    CHECK(std::ranges::none_of(pending_,
                               [&](const Pending& other) {
                                   return other.kind == pending.kind && other.fd == pending.fd;
                               }),
          "two operations of one kind on one descriptor overlap");
    pending.operation->started();
    pending_.push_back(pending);
}

void FaultRing::accept(io::Operation& operation, int listener) {
    start({.kind = Kind::accept, .operation = &operation, .fd = listener, .bytes = {}});
}
void FaultRing::receive(io::Operation& operation, int fd) {
    start({.kind = Kind::receive, .operation = &operation, .fd = fd, .bytes = {}});
}
void FaultRing::watch_hang_up(io::Operation& operation, int fd) {
    start({.kind = Kind::hang_up, .operation = &operation, .fd = fd, .bytes = {}});
}
void FaultRing::send(io::Operation& operation, int fd, std::string_view bytes) {
    start({.kind = Kind::send, .operation = &operation, .fd = fd, .bytes = bytes});
}
void FaultRing::connect(io::Operation& operation, int fd, const io::Address& address) {
    start({.kind = Kind::connect,
           .operation = &operation,
           .fd = fd,
           .bytes = {},
           .address = &address});
}

void FaultRing::cancel(io::Operation& operation) {
    for (Pending& pending : pending_) {
        if (pending.operation == &operation) pending.cancelled = true;
    }
}

void FaultRing::wake(io::Ring& other) {
    static_cast<FaultRing&>(other).idle_for_.reset();
}

void FaultRing::run_once(Duration wait) {
    progressed_ = false;
    gather();
    const bool idle = completions_.empty() && !progressed_ && wait > Duration::zero();
    idle_for_ = idle ? std::optional(wait) : std::nullopt;
    // A bounded batch: the rest waits for the next turn, as in a completion queue.
    std::size_t batch = completions_.size();
    if (dice_.chance(options_.rates.delay)) batch = (batch + 1) / 2;
    for (; batch > 0; --batch) {
        Queued next = std::move(completions_.front());
        completions_.pop_front();
        next.operation->complete(std::move(next.completion));
    }
}

void FaultRing::gather() {
    dice_.shuffle(std::span(pending_));
    for (Pending& pending : pending_) {
        const bool can = possible(pending);
        if (pending.cancelled && (!can || !dice_.chance(options_.rates.cancel_loses))) {
            finish_cancelled(pending);
        } else if (can && !put_off(pending)) {
            progress(pending);
        }
    }
    std::erase_if(pending_, [](const Pending& pending) { return pending.ended; });
}

bool FaultRing::possible(const Pending& pending) const {
    switch (pending.kind) {
        case Kind::accept:
            return network_.can_accept(pending.fd);
        case Kind::receive:
            return network_.can_receive(pending.fd);
        case Kind::hang_up:
            return network_.is_broken(pending.fd);
        case Kind::send:
            return network_.can_send(pending.fd);
        case Kind::connect:
            return true;
    }
    return false;
}

/// True where the completion is not to come yet.
bool FaultRing::put_off(Pending& pending) {
    const MonotonicTime now = clock_.monotonic();
    if (!pending.delayed && dice_.chance(options_.rates.delay)) {
        pending.delayed = true;
        pending.not_before = now + Duration(dice_.between(1, options_.rates.delay_max.count()));
    }
    if (now < pending.not_before) return true;
    pending.delayed = false;
    return false;
}

void FaultRing::progress(Pending& pending) {
    switch (pending.kind) {
        case Kind::accept:
            return progress_accept(pending);
        case Kind::receive:
            return progress_receive(pending);
        case Kind::hang_up:
            return give(pending, {.result = POLLERR | POLLHUP, .more = false, .buffer = {}});
        case Kind::send:
            return progress_send(pending);
        case Kind::connect:
            return progress_connect(pending);
    }
}

void FaultRing::progress_accept(Pending& pending) {
    if (dice_.chance(options_.rates.no_descriptor)) {
        return give(pending, {.result = -EMFILE, .more = false, .buffer = {}});
    }
    const int fd = network_.accept(pending.fd);
    descriptors_.push_back(fd);
    const bool more = !dice_.chance(options_.rates.accept_ends);
    give(pending, {.result = fd, .more = more, .buffer = {}});
}

void FaultRing::progress_receive(Pending& pending) {
    if (dice_.chance(options_.rates.reset)) network_.reset(pending.fd);
    for (unsigned i = 0; i < completions_at_once && !pending.ended; ++i) {
        if (free_buffers_.empty() || dice_.chance(options_.rates.receive_ends)) {
            return give(pending, {.result = -ENOBUFS, .more = false, .buffer = {}});
        }
        const std::uint16_t id = free_buffers_.back();
        std::span<char> into = memory_[id];
        if (dice_.chance(options_.rates.short_receive)) {
            into = into.first(dice_.between(1, dice_.chance(500) ? 4 : into.size()));
        }
        const auto count = network_.receive(pending.fd, into);
        if (!count) return;
        if (*count <= 0) return give(pending, {.result = *count, .more = false, .buffer = {}});
        free_buffers_.pop_back();
        const std::string_view bytes(into.data(), static_cast<std::size_t>(*count));
        give(pending, {.result = *count,
                       .more = !dice_.chance(options_.rates.receive_ends),
                       .buffer = io::ReceivedBuffer(*this, id, bytes)});
    }
}

/// Goes on until all bytes are sent, as MSG_WAITALL makes the kernel do, unless a fault cuts it.
void FaultRing::progress_send(Pending& pending) {
    if (dice_.chance(options_.rates.reset)) network_.reset(pending.fd);
    const bool cut = dice_.chance(options_.rates.short_send);
    std::string_view bytes = pending.bytes;
    if (cut) bytes = bytes.substr(0, dice_.between(1, bytes.size()));
    const auto count = network_.send(pending.fd, bytes);
    if (!count) return;
    progressed_ = true;
    if (*count < 0) {
        const int result = pending.sent > 0 ? static_cast<int>(pending.sent) : *count;
        return give(pending, {.result = result, .more = false, .buffer = {}});
    }
    pending.sent += static_cast<std::size_t>(*count);
    pending.bytes.remove_prefix(static_cast<std::size_t>(*count));
    if (!cut && !pending.bytes.empty()) return;
    give(pending, {.result = static_cast<int>(pending.sent), .more = false, .buffer = {}});
}

void FaultRing::progress_connect(Pending& pending) {
    if (dice_.chance(options_.rates.refuse)) {
        return give(pending, {.result = -ECONNREFUSED, .more = false, .buffer = {}});
    }
    const auto result = network_.connect(pending.fd, *pending.address);
    if (result) return give(pending, {.result = *result, .more = false, .buffer = {}});
    if (pending.cancelled) finish_cancelled(pending);
}

void FaultRing::finish_cancelled(Pending& pending) {
    const int result = pending.sent > 0 ? static_cast<int>(pending.sent) : -ECANCELED;
    give(pending, {.result = result, .more = false, .buffer = {}});
}

void FaultRing::give(Pending& pending, io::Completion completion) {
    pending.ended = !completion.more;
    completions_.push_back({pending.operation, pending.fd, std::move(completion)});
}

std::optional<MonotonicTime> FaultRing::next_delayed() const {
    std::optional<MonotonicTime> earliest;
    for (const Pending& pending : pending_) {
        if (!pending.delayed) continue;
        earliest = std::min(earliest.value_or(pending.not_before), pending.not_before);
    }
    return earliest;
}

std::string FaultRing::leaks() const {
    std::string report;
    if (in_flight() != 0) report += fmt::format("{} operations in flight; ", in_flight());
    if (buffers_lent() != 0) report += fmt::format("{} buffers lent; ", buffers_lent());
    if (!descriptors_.empty()) report += fmt::format("{} descriptors open; ", descriptors_.size());
    return report;
}

void FaultRing::recycle(std::uint16_t buffer) {
    CHECK(std::ranges::find(free_buffers_, buffer) == free_buffers_.end(),
          "a buffer was given back twice");
    std::ranges::fill(memory_[buffer], unused_byte);
    free_buffers_.push_back(buffer);
}

}  // namespace sluice::simulation
