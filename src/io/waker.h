// Waker: wakes a shard from a thread that is none, the main thread or a worker.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "io/shard.h"

namespace sluice::io {

/// A small ring of its own that sends messages; for one thread at a time. Made at the start, since
/// later there may be no descriptor left to make it with.
class Waker {
public:
    /// Errors say what was refused and what to do.
    static std::expected<Waker, std::string> create();
    Waker(Waker&&) noexcept;
    Waker& operator=(Waker&&) noexcept;
    ~Waker();

    /// Puts `message` into the shard's mailbox and wakes the shard.
    void send(Shard& to, Message& message);

private:
    struct Native;
    explicit Waker(std::unique_ptr<Native> native);

    std::unique_ptr<Native> native_;
};

std::expected<std::vector<Waker>, std::string> make_wakers(unsigned count);

}  // namespace sluice::io
