// Call queue of a shard, with group commit of new tokens: bounded, and none waits for ever.
#pragma once

#include <vector>

#include "io/event.h"
#include "storage/postgres/call.h"

namespace sluice::storage::postgres {

/// What one connection sends as one pipeline: grants that share a statement, or calls that each
/// have a transaction of their own.
struct Batch {
    std::vector<Call*> calls;
    bool shared = false;

    bool empty() const { return calls.empty(); }
    void clear() {
        calls.clear();
        shared = false;
    }
};

class CallQueue {
public:
    /// under_way_max  Calls that may wait or be under way; one more is refused.
    /// wait_max       How long one waits for a connection to be free.
    CallQueue(io::Shard& shard, std::size_t under_way_max, Duration wait_max);

    class [[nodiscard]] Run {
    public:
        Run(CallQueue& queue, Call& call) : queue_(queue), call_(call) {}
        bool await_ready() { return !queue_.admit(call_); }
        void await_suspend(std::coroutine_handle<> awaiting) { call_.awaiting_ = awaiting; }
        StoreResult<ResultPtr> await_resume() { return std::move(call_.answer_); }

    private:
        CallQueue& queue_;
        Call& call_;
    };
    /// co_await queue.run(call): the last statement's rows, once they are committed. Refused at
    /// once where there is no connection (unavailable) or no room (overloaded).
    Run run(Call& call) { return {*this, call}; }

    /// Set while something waits.
    io::Event& work() { return work_; }
    /// The next batch for one of `idle` connections. Grants go out one batch at a time: what comes
    /// meanwhile is the next one.
    void take(Batch& batch, unsigned idle);
    bool empty() const { return calls_.first == nullptr && !grants_can_go(); }

    // What connections report.
    void connected() { ++connections_; }
    void disconnected();  // the last one: nobody waits while the database is away
    unsigned connections() const { return connections_; }
    void settle(Call& call, StoreResult<ResultPtr> answer);
    /// Once more, alone and ahead of the others, as often as is reasonable.
    void retry(Call& call);
    void shared_batch_ended();

    /// Ends when no call waits or is under way.
    io::Task<void> drained();
    std::size_t under_way() const { return under_way_; }

private:
    friend Call;
    struct List {
        Call* first = nullptr;
        Call* last = nullptr;
        std::size_t size = 0;
    };

    bool admit(Call& call);
    void push(Call& call, bool in_front);
    void remove(Call& call);
    List& list_of(const Call& call);
    void take_grants(Batch& batch);
    bool grants_can_go() const { return grants_.first != nullptr && !shared_batch_out_; }
    void refuse_all();

    io::Shard& shard_;
    std::size_t under_way_max_;
    Duration wait_max_;
    List grants_;
    List calls_;
    io::Event work_;
    io::Event nothing_under_way_;
    std::vector<std::uint64_t> tags_;  // of the batch that is being put together
    std::size_t under_way_ = 0;
    unsigned connections_ = 0;
    bool shared_batch_out_ = false;
};

}  // namespace sluice::storage::postgres
