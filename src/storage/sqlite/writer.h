// Group commit: the thread that writes takes all that waits into one transaction, and nobody is
// answered before its commit is on the disk.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "storage/sqlite/answers.h"
#include "storage/sqlite/checkpoint.h"
#include "storage/sqlite/expiry.h"
#include "storage/sqlite/health.h"
#include "storage/sqlite/job_queue.h"
#include "storage/sqlite/statements.h"

namespace sluice::storage::sqlite {

class Writer {
public:
    /// Everything outlives the writer. expires  Whether expired rows are removed meanwhile.
    static std::expected<std::unique_ptr<Writer>, std::string> start(const std::string& path,
                                                                     Clock& clock, Health& health,
                                                                     CheckpointSignal& checkpoints,
                                                                     std::size_t waiting_max,
                                                                     bool expires);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    /// Finishes what waits.
    ~Writer();

    JobQueue& queue() { return queue_; }

private:
    Writer(Database database, WriteStatements statements, Expiry expiry, Answers answers,
           Clock& clock, Health& health, CheckpointSignal& checkpoints, std::size_t waiting_max);

    void work();
    void run_batch(Job* jobs);
    bool commit(Job* jobs);
    void remove_expired();
    void restart_log();
    void probe();
    /// Runs `step()` in a transaction; true where it was committed.
    template <class Step>
    bool transact(Step step);
    static int note_log_size(void* self, sqlite3*, const char*, int pages);

    Clock& clock_;
    Health& health_;
    CheckpointSignal& checkpoints_;
    JobQueue queue_;
    Answers answers_;
    Database database_;
    WriteStatements statements_;  // after the database, so that they go first
    Expiry expiry_;
    bool expires_ = true;
    MonotonicTime next_expiry_;
    MonotonicTime round_began_{};
    std::jthread thread_;
};

}  // namespace sluice::storage::sqlite
