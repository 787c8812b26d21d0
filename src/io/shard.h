// Shard (event loop): one core's ring, timers, ready coroutines and mailbox, and the loop that
// turns them.
#pragma once

#include <coroutine>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "io/buffer_holder.h"
#include "io/mailbox.h"
#include "io/ring.h"
#include "io/timer.h"

namespace sluice::io {

/// Everything here is used on the shard's own thread only, except push().
class Shard {
public:
    struct Parts {
        std::unique_ptr<Ring> ring;
        std::unique_ptr<Random> random;
        Clock* clock;  // outlives the shard
    };

    Shard(unsigned index, Parts parts);
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
    ~Shard();

    /// All shards of the process, this one among them; set once before the first turn.
    void set_peers(std::span<Shard* const> peers);

    unsigned index() const { return index_; }
    unsigned count() const { return static_cast<unsigned>(peers_.size()); }
    Ring& ring() { return *ring_; }
    Random& random() { return *random_; }
    TimerWheel& timers() { return timers_; }
    BufferHolders& buffer_holders() { return buffer_holders_; }
    /// Read once a turn, so that reading it is free.
    MonotonicTime now() const { return now_; }
    /// Read anew, for about 20 ns: where a turn is too coarse.
    MonotonicTime precise_now() { return clock_.monotonic(); }
    WallTime wall_now() const { return wall_now_; }

    /// Resumes `coroutine` later in this turn.
    void make_ready(std::coroutine_handle<> coroutine) {
        CHECK(coroutine && is_here(), "a coroutine resumes on the shard it started on");
        ready_.push_back(coroutine);
    }

    /// Sends `message` to shard `to` with the others of this turn, in order.
    void post(unsigned to, Message& message);

    /// From any thread: puts `message` into this shard's mailbox. True: the shard must be woken.
    bool push(Message& message) { return mailbox_.push(&message, &message); }
    bool has_messages() const { return !mailbox_.empty(); }

    /// One turn of the loop: waits for events (not at all while there is other work, and at most
    /// `wait_max`), then runs what became ready.
    void turn(Duration wait_max);

    /// A part of turn(); alone only for what came after the last one.
    void deliver_messages();

private:
    struct Outbox {
        Message* newest = nullptr;
        Message* oldest = nullptr;
    };

    void flush_outboxes();
    void run_ready();
    void read_clock();
    Duration time_to_wait(Duration wait_max) const;
    bool is_here() const {
        return thread_ == std::thread::id() || thread_ == std::this_thread::get_id();
    }

    unsigned index_;
    std::thread::id thread_;  // that turns it; nobody's before the first turn
    std::unique_ptr<Ring> ring_;
    std::unique_ptr<Random> random_;
    Clock& clock_;
    MonotonicTime now_;
    WallTime wall_now_;
    TimerWheel timers_;
    BufferHolders buffer_holders_;
    Mailbox mailbox_;
    std::vector<Shard*> peers_;
    std::vector<Outbox> outboxes_;
    bool anything_posted_ = false;
    std::vector<std::coroutine_handle<>> ready_;
    std::vector<std::coroutine_handle<>> running_;
};

}  // namespace sluice::io
