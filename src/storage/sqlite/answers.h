// Batch replies: one message for each shard that has jobs in a batch.
#pragma once

#include <vector>

#include "base/check.h"
#include "io/waker.h"
#include "storage/sqlite/job.h"

namespace sluice::storage::sqlite {

/// For one thread.
class Answers {
public:
    explicit Answers(io::Waker waker) : waker_(std::move(waker)) {}

    /// Resumes whoever awaits the jobs, linked by `next`. They are gone when this returns.
    void send(Job* jobs) {
        while (jobs != nullptr) {
            Job* const job = jobs;
            jobs = jobs->next;
            CHECK(job->home != nullptr, "nobody to answer");
            const std::size_t shard = job->home->index();
            if (lists_.size() <= shard) lists_.resize(shard + 1);
            List& list = lists_[shard];
            job->next = nullptr;
            (list.last != nullptr ? list.last->next : list.first) = job;
            list.last = job;
        }
        for (List& list : lists_) {
            if (list.first == nullptr) continue;
            Job& first = *std::exchange(list.first, nullptr);
            list.last = nullptr;
            waker_.send(*first.home, first);
        }
    }

    io::Waker& waker() { return waker_; }

private:
    struct List {
        Job* first = nullptr;
        Job* last = nullptr;
    };
    io::Waker waker_;
    std::vector<List> lists_;  // by shard
};

}  // namespace sluice::storage::sqlite
