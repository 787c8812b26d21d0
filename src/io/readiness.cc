#include "io/readiness.h"

#include "base/result.h"

namespace sluice::io {

void Readiness::await_suspend(std::coroutine_handle<> awaiting) {
    awaiting_ = awaiting;
    shard_.ring().poll(*this, fd_, events_);
    join(scope_);
}

Result<unsigned> Readiness::await_resume() {
    leave();
    if (result_ == -ECANCELED && scope_ != nullptr && scope_->cancelled()) {
        return failure(scope_->reason());
    }
    if (result_ < 0) return failure(Error{-result_});
    return static_cast<unsigned>(result_);
}

void Readiness::on_completion(Completion completion) {
    result_ = completion.result;
    shard_.make_ready(awaiting_);
}

void Readiness::on_cancel() {
    if (in_flight()) shard_.ring().cancel(*this);
}

}  // namespace sluice::io
