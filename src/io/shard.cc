#include "io/shard.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::io {

Shard::Shard(unsigned index, Parts parts)
    : index_(index),
      ring_(std::move(parts.ring)),
      random_(std::move(parts.random)),
      clock_(*parts.clock),
      now_(clock_.monotonic()),
      wall_now_(clock_.wall()),
      timers_(now_) {
    CHECK(ring_ != nullptr && random_ != nullptr);
}

Shard::~Shard() {
    CHECK(ready_.empty(), "a shard ends with coroutines still to run");
    CHECK(mailbox_.empty(), "a shard ends with messages not delivered");
}

void Shard::set_peers(std::span<Shard* const> peers) {
    CHECK(peers_.empty() && index_ < peers.size() && peers[index_] == this);
    peers_.assign(peers.begin(), peers.end());
    outboxes_.resize(peers.size());
}

void Shard::post(unsigned to, Message& message) {
    CHECK(to < outboxes_.size(), "a message to a shard that does not exist");
    CHECK(is_here(), "a shard sends from its own thread");
    Outbox& outbox = outboxes_[to];
    message.next_ = outbox.newest;
    outbox.newest = &message;
    if (outbox.oldest == nullptr) outbox.oldest = &message;
    anything_posted_ = true;
}

void Shard::flush_outboxes() {
    if (!anything_posted_) return;
    anything_posted_ = false;
    for (unsigned to = 0; to < outboxes_.size(); ++to) {
        Outbox& outbox = outboxes_[to];
        if (outbox.newest == nullptr) continue;
        const bool sleeps = peers_[to]->mailbox_.push(outbox.newest, outbox.oldest);
        outbox = {};
        if (sleeps) ring_->wake(*peers_[to]->ring_);
    }
}

void Shard::deliver_messages() {
    Message* message = mailbox_.take_all();
    while (message != nullptr) {
        Message* next = message->next_;
        message->deliver(*this);
        message = next;
    }
}

void Shard::run_ready() {
    CHECK(running_.empty(), "a turn within a turn");
    std::swap(ready_, running_);
    for (const std::coroutine_handle<> coroutine : running_) coroutine.resume();
    running_.clear();
}

void Shard::read_clock() {
    now_ = clock_.monotonic();
    wall_now_ = clock_.wall();
}

Duration Shard::time_to_wait(Duration wait_max) const {
    if (!ready_.empty() || !mailbox_.empty()) return Duration::zero();
    const auto due = timers_.next_due();
    return due ? std::clamp(*due - now_, Duration::zero(), wait_max) : wait_max;
}

void Shard::turn(Duration wait_max) {
    if (thread_ == std::thread::id()) thread_ = std::this_thread::get_id();
    CHECK(is_here(), "a shard turns on one thread");
    flush_outboxes();
    Duration wait = time_to_wait(wait_max);
    if (wait > Duration::zero() && !mailbox_.fall_asleep()) wait = Duration::zero();
    ring_->run_once(wait);
    mailbox_.wake_up();
    read_clock();
    timers_.advance(now_);
    deliver_messages();
    run_ready();
}

}  // namespace sluice::io
