// Task group (structured concurrency): tasks that run on their own, and the gate that proves at the
// end that none is left.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "base/check.h"
#include "io/cancel.h"
#include "io/task.h"

namespace sluice::io {

/// Spawned tasks start at once and must take their parameters by value. Close the group by
/// `co_await group.join()`; a group dropped with tasks inside fails its CHECK.
class TaskGroup {
public:
    TaskGroup() = default;
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup() { CHECK(running_ == 0, "a task group was dropped with tasks in it"); }

    std::size_t size() const { return running_; }

    void spawn(Task<void> task) {
        ++running_;
        run(*this, std::move(task));
    }

    /// Waits until every task has ended, those spawned meanwhile too. One waiter at a time.
    auto join() {
        struct Awaiter {
            TaskGroup& group;
            bool await_ready() const { return group.running_ == 0; }
            void await_suspend(std::coroutine_handle<> awaiting) {
                CHECK(!group.joiner_, "two coroutines join one group");
                group.joiner_ = awaiting;
            }
            void await_resume() const {}
        };
        return Awaiter{*this};
    }

private:
    static detail::Detached run(TaskGroup& group, Task<void> task) {
        {
            Task<void> owner = std::move(task);  // its frame goes before the group is told
            co_await std::move(owner);
        }
        CHECK(group.running_ > 0);
        if (--group.running_ == 0 && group.joiner_) std::exchange(group.joiner_, nullptr).resume();
    }

    std::size_t running_ = 0;
    std::coroutine_handle<> joiner_;
};

}  // namespace sluice::io
