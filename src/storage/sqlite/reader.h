// Snapshot reader thread: all that waits shares one snapshot, which has every write that was
// acknowledged.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "storage/sqlite/answers.h"
#include "storage/sqlite/health.h"
#include "storage/sqlite/job_queue.h"
#include "storage/sqlite/statements.h"

namespace sluice::storage::sqlite {

class Reader {
public:
    /// Everything outlives the reader.
    static std::expected<std::unique_ptr<Reader>, std::string> start(const std::string& path,
                                                                     Clock& clock, Health& health,
                                                                     std::size_t waiting_max);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    /// Finishes what waits.
    ~Reader() { queue_.stop(); }

    JobQueue& queue() { return queue_; }

private:
    Reader(Database database, ReadStatements statements, Answers answers, Clock& clock,
           Health& health, std::size_t waiting_max);

    void work();
    void run_batch(Job* jobs);
    bool run(ReadJob& job);

    Clock& clock_;
    Health& health_;
    JobQueue queue_;
    Answers answers_;
    Database database_;
    ReadStatements statements_;  // after the database, so that they go first
    std::jthread thread_;
};

}  // namespace sluice::storage::sqlite
