#include "io/worker_pool.h"

#include "base/check.h"

namespace sluice::io {

WorkerPool::WorkerPool(std::vector<Waker> wakers, std::size_t waiting_max)
    : waiting_max_(waiting_max) {
    threads_.reserve(wakers.size());
    for (Waker& waker : wakers) {
        threads_.emplace_back([this, own = std::move(waker)]() mutable { work(own); });
    }
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        CHECK(waiting_.empty(), "a worker pool ends with jobs waiting");
        stopping_ = true;
    }
    wake_.notify_all();
}

bool WorkerPool::submit(Job& job) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= waiting_max_) return false;
        waiting_.push_back(&job);
        CHECK(!stopping_ && waiting_.size() <= waiting_max_);
    }
    wake_.notify_one();
    return true;
}

void WorkerPool::work(Waker& waker) {
    for (;;) {
        Job* job = nullptr;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            job = waiting_.front();
            waiting_.pop_front();
        }
        job->execute();
        waker.send(*job->home, *job);
    }
}

}  // namespace sluice::io
