// Readiness (poll) of a descriptor, for libraries that do their own reads and writes.
#pragma once

#include <coroutine>

#include "io/cancel.h"
#include "io/error.h"
#include "io/ring.h"
#include "io/shard.h"

namespace sluice::io {

/// co_await Readiness(shard, fd, POLLIN, scope): the events (poll(2)) that came true, POLLERR and
/// POLLHUP among them. Errors: the scope's reason where it was cancelled first. The descriptor must
/// stay open until then.
class [[nodiscard]] Readiness final : Operation, Cancellable {
public:
    Readiness(Shard& shard, int fd, unsigned events, CancelScope* scope = nullptr)
        : shard_(shard), fd_(fd), events_(events), scope_(scope) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> awaiting);
    Result<unsigned> await_resume();

private:
    void on_completion(Completion completion) override;
    void on_cancel() override;

    Shard& shard_;
    int fd_;
    unsigned events_;
    CancelScope* scope_;
    std::coroutine_handle<> awaiting_;
    int result_ = 0;
};

}  // namespace sluice::io
