// Job queue of one engine thread: bounded, taken at once, so that jobs share a group commit.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "storage/sqlite/job.h"

namespace sluice::storage::sqlite {

class JobQueue {
public:
    explicit JobQueue(std::size_t waiting_max) : waiting_max_(waiting_max) {}

    /// From any shard. False: too much waits, the job was not taken.
    bool push(Job& job) {
        bool must_wake = false;
        {
            const std::lock_guard lock(mutex_);
            CHECK(!stopping_, "asked after the end");
            CHECK(job.next == nullptr && job.home != nullptr, "a job waits in one queue");
            if (waiting_ >= waiting_max_) return false;
            ++waiting_;
            job.next = nullptr;
            (newest_ != nullptr ? newest_->next : oldest_) = &job;
            newest_ = &job;
            must_wake = std::exchange(asleep_, false);
        }
        if (must_wake) wake_.notify_one();
        return true;
    }

    /// All that waits, oldest first, linked by `next`. Waits for the first until `time_max` is
    /// over or somebody calls stop(): null then.
    Job* take(std::chrono::nanoseconds time_max) {
        std::unique_lock lock(mutex_);
        asleep_ = true;
        wake_.wait_for(lock, time_max, [this] { return oldest_ != nullptr || stopping_; });
        return take_all();
    }
    Job* take() {
        std::unique_lock lock(mutex_);
        asleep_ = true;
        wake_.wait(lock, [this] { return oldest_ != nullptr || stopping_; });
        return take_all();
    }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
    }
    bool stopping() const {
        const std::lock_guard lock(mutex_);
        return stopping_;
    }

private:
    Job* take_all() {
        CHECK((waiting_ == 0) == (oldest_ == nullptr));
        asleep_ = false;
        waiting_ = 0;
        newest_ = nullptr;
        return std::exchange(oldest_, nullptr);
    }

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Job* oldest_ = nullptr;
    Job* newest_ = nullptr;
    std::size_t waiting_ = 0;
    std::size_t waiting_max_;
    bool asleep_ = false;
    bool stopping_ = false;
};

}  // namespace sluice::storage::sqlite
