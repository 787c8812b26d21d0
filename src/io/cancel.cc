#include "io/cancel.h"

#include "base/check.h"

namespace sluice::io {

void Cancellable::join(CancelScope* scope) {
    CHECK(scope_ == nullptr, "joined two scopes");
    if (scope == nullptr) return;
    scope_ = scope;
    next_ = scope->members_;
    if (next_ != nullptr) next_->previous_ = this;
    scope->members_ = this;
    if (scope->cancelled()) on_cancel();
}

void Cancellable::leave() {
    if (scope_ == nullptr) return;
    CHECK((previous_ == nullptr) == (scope_->members_ == this));
    (previous_ != nullptr ? previous_->next_ : scope_->members_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    scope_ = nullptr;
    previous_ = next_ = nullptr;
}

CancelScope::~CancelScope() {
    CHECK(members_ == nullptr, "a scope was dropped before its members");
}

void CancelScope::cancel(Error reason) {
    CHECK(reason.code != 0, "who is cancelled has a reason");
    if (cancelled()) return;
    reason_ = reason;
    // on_cancel() may only ask and make coroutines ready: nobody leaves while this loop runs.
    for (Cancellable* member = members_; member != nullptr; member = member->next_) {
        member->on_cancel();
    }
}

void CancelScope::on_cancel() {
    CHECK(parent_ != nullptr && parent_->cancelled());
    cancel(parent_->reason());
}

}  // namespace sluice::io
