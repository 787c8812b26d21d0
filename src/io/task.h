// Task: a lazy coroutine that one other coroutine awaits once.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/block_pool.h"
#include "base/check.h"

namespace sluice::io {

template <class T = void>
class Task;

namespace detail {

struct PromiseBase {
    std::coroutine_handle<> continuation = std::noop_coroutine();

    static void* operator new(std::size_t size) { return allocate_block(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        release_block(block, size);
    }

    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
            return self.promise().continuation;
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    /// Errors are values here; an exception that gets this far is a programmer's error.
    [[noreturn]] void unhandled_exception() const noexcept {
        try {
            throw;
        } catch (const std::exception& exception) {
            check_failed(__FILE__, __LINE__, "no exception leaves a coroutine", exception.what());
        } catch (...) {
            check_failed(__FILE__, __LINE__, "no exception leaves a coroutine");
        }
    }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;
    Task<T> get_return_object();
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();
    void return_void() const noexcept {}
};

/// What a coroutine returns that runs on its own from its call on and that nobody awaits: what
/// starts it sees to it that its end is noticed.
struct Detached {
    struct promise_type : PromiseBase {
        Detached get_return_object() const { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
    };
};

template <class>
struct ValueOfTask;
template <class T>
struct ValueOfTask<Task<T>> {
    using Type = T;
};

}  // namespace detail

/// What awaiting a Task<T> gives: T.
template <class AnyTask>
using TaskValue = typename detail::ValueOfTask<AnyTask>::Type;

/// Starts when awaited and runs until it ends; the awaiter then has its value. It must be awaited,
/// or given to a TaskGroup; it may be dropped only before it was started.
template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            drop();
            handle_ = std::exchange(other.handle_, nullptr);
            started_ = other.started_;
        }
        return *this;
    }
    ~Task() { drop(); }

    auto operator co_await() && noexcept {
        struct Awaiter {
            Task& task;
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
                CHECK(task.handle_ && !task.started_, "a task is awaited once");
                task.started_ = true;
                task.handle_.promise().continuation = awaiting;
                return task.handle_;
            }
            T await_resume() {
                if constexpr (!std::is_void_v<T>) return *std::move(task.handle_.promise().value);
            }
        };
        return Awaiter{*this};
    }

private:
    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

    void drop() noexcept {
        if (!handle_) return;
        CHECK(!started_ || handle_.done(), "a task was dropped while it ran");
        handle_.destroy();
    }

    std::coroutine_handle<promise_type> handle_;
    bool started_ = false;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace sluice::io
