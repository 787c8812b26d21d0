// Checkpoint of the write-ahead log, on a thread of its own, so that the writer hardly ever waits
// for it.
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
    // 96 MiB, a page being 4 KiB: the log that a start may have to read, and what a page that is
    // written again and again is spared of being copied.
    static constexpr int log_pages = 24576;

    // The writer's side.

    void note_log_size(int pages);
    /// Whether the log shall begin anew, which needs the writer: while it writes on, nobody else
    /// comes to the log's end.
    bool take_restart_wish() {
        return restart_wished_.load(std::memory_order_relaxed) && restart_wished_.exchange(false);
    }
    void restart_is_done(bool worked);

    // The checkpoint thread's.

    /// Waits until there is enough to copy. False: the end.
    bool wait_for_work();
    /// Has the writer begin the log anew, and waits until it has tried. Where a long read is in the
    /// way, the next attempt waits until the log has grown by as much again.
    void have_log_restarted();
    void stop();

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    int pages_ = 0;
    int pages_wanted_ = log_pages;  // that make it worth while
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
