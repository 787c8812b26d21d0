// Buffer reclaim: who keeps received buffers for longer than a turn, so that they can be had back.
#pragma once

#include "base/check.h"

namespace sluice::io {

class BufferHolders;

/// Keeps buffers of the ring that nobody has read yet. Leaves the list when dropped.
class BufferHolder {
public:
    BufferHolder() = default;
    BufferHolder(const BufferHolder&) = delete;
    BufferHolder& operator=(const BufferHolder&) = delete;
    virtual ~BufferHolder() { leave(); }

    void join(BufferHolders& holders);
    void leave();

protected:
    friend BufferHolders;
    /// Copies the bytes out, so that the ring has its buffers back.
    virtual void detach_buffers() = 0;

private:
    BufferHolders* holders_ = nullptr;
    BufferHolder* previous_ = nullptr;
    BufferHolder* next_ = nullptr;
};

/// All of a shard. Without it, clients who send while their requests are being answered could
/// empty the pool for everybody.
class BufferHolders {
public:
    BufferHolders() = default;
    BufferHolders(const BufferHolders&) = delete;
    BufferHolders& operator=(const BufferHolders&) = delete;
    ~BufferHolders() { CHECK(first_ == nullptr, "a shard ends with buffers held"); }

    /// For when the pool is empty.
    void detach_all() {
        while (BufferHolder* holder = first_) {
            holder->leave();
            holder->detach_buffers();
        }
    }

private:
    friend BufferHolder;
    BufferHolder* first_ = nullptr;
};

inline void BufferHolder::join(BufferHolders& holders) {
    if (holders_ != nullptr) {
        CHECK(holders_ == &holders, "the buffers of one stream are one shard's");
        return;
    }
    holders_ = &holders;
    next_ = holders.first_;
    if (next_ != nullptr) next_->previous_ = this;
    holders.first_ = this;
}

inline void BufferHolder::leave() {
    if (holders_ == nullptr) return;
    CHECK((previous_ == nullptr) == (holders_->first_ == this));
    (previous_ != nullptr ? previous_->next_ : holders_->first_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    holders_ = nullptr;
    previous_ = next_ = nullptr;
}

}  // namespace sluice::io
