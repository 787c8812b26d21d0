// Waking a shard from a thread that is none: the main thread and the workers.
#pragma once

#include <memory>

#include "io/shard.h"

namespace sluice::io {

/// A small ring of its own that sends messages; for one thread.
class Waker {
public:
    Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;
    ~Waker();

    /// Puts `message` into the shard's mailbox and wakes the shard.
    void send(Shard& to, Message& message);

private:
    struct Native;
    std::unique_ptr<Native> native_;
};

}  // namespace sluice::io
