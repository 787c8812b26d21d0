// Thread pool for what would block a shard: password hashing, name resolution, files.
#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <expected>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "io/shard.h"
#include "io/waker.h"

namespace sluice::io {

struct PoolFull {};  // too much work waits already: answer 503 or 429

class WorkerPool {
public:
    /// wakers      One for each thread; none runs every job inline, for simulations.
    /// waiting_max Jobs that may wait; one more is refused with PoolFull.
    WorkerPool(std::vector<Waker> wakers, std::size_t waiting_max);
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    /// Every job must have ended.
    ~WorkerPool();

    template <class Function>
    class Run;

    /// co_await pool.run(shard, function): what `function()` gives, computed on another thread. It
    /// must not touch anything of a shard.
    template <class Function>
    Run<Function> run(Shard& shard, Function function) {
        return {*this, shard, std::move(function)};
    }

private:
    class Job : public Message {
    public:
        virtual void execute() = 0;
        Shard* home = nullptr;
    };

    bool submit(Job& job);
    void work(Waker& waker);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job*> waiting_;
    std::size_t waiting_max_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

template <class Function>
class [[nodiscard]] WorkerPool::Run final : Job {
public:
    using Value = std::invoke_result_t<Function&>;

    Run(WorkerPool& pool, Shard& shard, Function function)
        : pool_(pool), function_(std::move(function)) {
        home = &shard;
    }
    bool await_ready() {
        if (!pool_.threads_.empty()) return false;
        execute();
        return true;
    }
    bool await_suspend(std::coroutine_handle<> awaiting) {
        awaiting_ = awaiting;
        return pool_.submit(*this);
    }
    std::expected<Value, PoolFull> await_resume() {
        if (!value_) return std::unexpected(PoolFull{});
        return *std::move(value_);
    }

private:
    void execute() override {
        CHECK(!value_, "a job runs once");
        value_.emplace(function_());
    }
    void deliver(Shard& at) override {
        CHECK(&at == home, "a job's answer goes to who asked");
        at.make_ready(awaiting_);
    }

    WorkerPool& pool_;
    Function function_;
    std::coroutine_handle<> awaiting_;
    std::optional<Value> value_;
};

}  // namespace sluice::io
