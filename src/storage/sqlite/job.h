// Jobs that shards hand to the engine's threads; they live in the awaiting coroutines' frames.
#pragma once

#include <coroutine>
#include <cstdint>

#include "base/check.h"
#include "io/shard.h"
#include "storage/store.h"

namespace sluice::storage::sqlite {

/// The times that a batch goes by.
struct BatchTime {
    std::int64_t now_s;   // since 1970
    std::int64_t now_ms;  // since 1970
};

inline BatchTime batch_time(Clock& clock) {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock.wall());
    return {numeric_date(now), now.time_since_epoch().count()};
}

/// One job. On its way there it is linked to the next that waits, on its way back to the next
/// answer for the same shard: one message answers all of a batch.
class Job : public io::Message {
public:
    io::Shard* home = nullptr;
    std::coroutine_handle<> awaiting;
    Job* next = nullptr;
    bool answered = false;  // false: the engine gave no answer, and the job's result means nothing

private:
    void deliver(io::Shard& at) override {
        for (Job* job = this; job != nullptr;) {
            Job* const after = job->next;
            CHECK(&at == job->home, "an answer goes to who asked");
            at.make_ready(job->awaiting);
            job = after;
        }
    }
};

struct WriteStatements;
struct ReadStatements;

/// Runs in a transaction that it shares with others: it looks first and writes only where its
/// condition holds. `run` gives SQLITE_OK, or the code of what failed; then the whole batch is
/// undone.
class WriteJob : public Job {
public:
    virtual int run(WriteStatements& statements, const BatchTime& time) = 0;
    Outcome outcome = Outcome::done;
};

class ReadJob : public Job {
public:
    virtual int run(ReadStatements& statements, const BatchTime& time) = 0;
};

}  // namespace sluice::storage::sqlite
