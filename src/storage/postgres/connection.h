// Pipelined connection of a shard: sends batches of calls and tells the queue what became of them.
#pragma once

#include <string>

#include "io/cancel.h"
#include "io/event.h"
#include "io/task.h"
#include "io/task_group.h"
#include "storage/postgres/call_queue.h"
#include "storage/postgres/new_tokens.h"

namespace sluice::storage::postgres {

class Connection final : io::Timer {
public:
    struct Options {
        Duration statement_timeout;
        bool plain;
    };

    Connection(io::Shard& shard, CallQueue& queue, Options options)
        : shard_(shard), queue_(queue), options_(options) {}

    /// Serves with `native`, which is in pipeline mode, until it is lost or `scope` is cancelled.
    /// Then no call is left with it: whether those under way have happened is unknown. Gives why.
    io::Task<std::string> serve(ConnectionPtr native, io::CancelScope& scope);

    bool idle() const { return native_ != nullptr && !broken() && batch_.empty(); }
    /// Takes from the queue what one idle connection of `idle` shall take, and sends it.
    void take_work(unsigned idle);
    /// Whether a batch has ended well since serve() began.
    bool was_of_use() const { return of_use_; }

private:
    void on_timer() override;
    bool broken() const { return !why_broken_.empty(); }
    void break_off(std::string why);
    bool send(Call& call);
    bool send_shared();
    bool execute(Statement statement, const Arguments& arguments);
    void flush();
    io::Task<void> flush_when_writable();
    void read_results();
    void read(ResultPtr result);
    void unit_ended();
    void shared_ended();
    void single_ended(Call& call);
    void batch_ended();
    void give_up_batch();

    io::Shard& shard_;
    CallQueue& queue_;
    Options options_;
    ConnectionPtr native_;
    io::CancelScope* serving_ = nullptr;
    io::TaskGroup* flushes_ = nullptr;
    std::string why_broken_;
    bool of_use_ = false;
    bool flushing_ = false;

    Batch batch_;
    std::size_t ended_ = 0;  // calls of the batch; all at once where they share a statement
    GrantArrays arrays_;
    ResultPtr answer_;       // of the transaction that is being read
    std::string error_;      // its SQLSTATE, where it failed
    unsigned nothings_ = 0;  // in a row
};

}  // namespace sluice::storage::postgres
