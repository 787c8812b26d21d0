// Moving the write-ahead log's pages into the database, on a thread of its own, so that the writer
// hardly ever waits for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/sqlite/database.h"
#include "storage/sqlite/health.h"

namespace sluice::storage::sqlite {

/// Between the writer, which knows how long the log is, and the checkpoint thread.
class CheckpointSignal {
public:
    // Pages of the log: from when on they are copied, and when the log has to start anew, which
    // needs the writer: while it writes on, nobody else comes to the log's end.
    static constexpr int pages_to_copy = 8192;
    static constexpr int pages_to_restart = 16384;

    // The writer's side.

    void note_log_size(int pages);
    bool take_restart_wish() {
        return restart_wished_.load(std::memory_order_relaxed) && restart_wished_.exchange(false);
    }
    void restart_is_done();

    // The checkpoint thread's.

    /// Waits until there is enough to copy: how many pages the log has. 0: the end.
    int wait_for_work();
    /// Has the writer start the log anew, and waits until it has tried.
    void have_log_restarted();
    void stop();

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    int pages_ = 0;
    std::atomic<bool> restart_wished_ = false;
    bool restarting_ = false;
    bool stopping_ = false;
};

class Checkpointer {
public:
    /// Everything outlives the checkpointer.
    static std::expected<std::unique_ptr<Checkpointer>, std::string> start(const std::string& path,
                                                                           CheckpointSignal& signal,
                                                                           Health& health);
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;
    ~Checkpointer();

private:
    Checkpointer(Database database, io::Waker waker, CheckpointSignal& signal, Health& health)
        : database_(std::move(database)),
          waker_(std::move(waker)),
          signal_(signal),
          health_(health) {}

    void work();
    /// Copies what is in the log by now. False: it failed.
    bool copy();

    Database database_;
    io::Waker waker_;
    CheckpointSignal& signal_;
    Health& health_;
    std::jthread thread_;
};

}  // namespace sluice::storage::sqlite
