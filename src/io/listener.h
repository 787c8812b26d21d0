// Listening socket of one shard (SO_REUSEPORT).
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "io/cancel.h"
#include "io/ring.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/unix_socket.h"

namespace sluice::io {

/// Owns the descriptor. End it with `co_await close()`; it may be dropped before anybody accepted.
class Listener {
public:
    /// Errors: EADDRINUSE, EACCES, ... as bind(2) and listen(2) give them.
    static Result<std::unique_ptr<Listener>> open(Shard& shard, const Address& address);

    Listener(Shard& shard, int fd) : shard_(shard), fd_(fd) { CHECK(fd >= 0); }
    /// Removes the socket's file as soon as it stops to accept.
    Listener(Shard& shard, UnixSocket socket)
        : shard_(shard), fd_(socket.fd), file_(std::move(socket.file)) {}
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    /// Where it listens: the port that the kernel chose where port 0 was asked for.
    Address local_address() { return shard_.ring().local_address(fd_); }

    /// co_await listener.accept(scope): a connected descriptor, to be given to a Stream. Errors:
    /// EMFILE and the like (wait before trying again), or the scope's reason once it was cancelled.
    class [[nodiscard]] Accept final : Cancellable {
    public:
        Accept(Listener& listener, CancelScope* scope) : listener_(listener), scope_(scope) {}
        bool await_ready() const { return !listener_.accepted_.empty(); }
        void await_suspend(std::coroutine_handle<> awaiting);
        Result<int> await_resume();

    private:
        friend Listener;
        void on_cancel() override;

        Listener& listener_;
        CancelScope* scope_;
        std::coroutine_handle<> awaiting_;
    };
    Accept accept(CancelScope* scope = nullptr) { return {*this, scope}; }

    /// Ends accepting and closes the socket. Who connected until then is given out by take().
    Task<void> stop();
    /// A connection that was accepted already; nothing where there is none.
    std::optional<int> take();
    /// Stops, and closes the connections that were accepted but not taken.
    Task<void> close();

private:
    struct Acceptor final : Operation {
        explicit Acceptor(Listener& owner) : listener(owner) {}
        void on_completion(Completion completion) override {
            listener.on_accepted(completion.result);
        }
        Listener& listener;
    };

    void on_accepted(int result);
    void release();

    Shard& shard_;
    int fd_;
    std::optional<UnixSocketFile> file_;
    Acceptor acceptor_{*this};
    std::vector<int> accepted_;  // descriptors, or -errno
    Accept* waiter_ = nullptr;
    std::coroutine_handle<> closer_;
};

}  // namespace sluice::io
