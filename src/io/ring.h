// I/O interface between Sluice and the kernel: everything a shard asks of it. KernelRing is
// io_uring; tests put a seeded network in its place.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "io/address.h"
#include "io/error.h"

namespace sluice::io {

class ReceivedBuffer;

/// Who lends buffers, and has them back: a ring, or what decrypts.
class BufferLender {
public:
    virtual ~BufferLender() = default;

protected:
    friend ReceivedBuffer;
    virtual void recycle(std::uint16_t buffer) = 0;
};

/// Received bytes, lent by the ring's pool of buffers; given back when this is dropped. Drop it
/// before waiting for anything, or detach() it: an empty pool stops every receive of the shard.
class ReceivedBuffer {
public:
    ReceivedBuffer() = default;
    ReceivedBuffer(BufferLender& lender, std::uint16_t id, std::string_view bytes)
        : lender_(&lender), id_(id), bytes_(bytes) {}
    ReceivedBuffer(ReceivedBuffer&& other) noexcept
        : lender_(std::exchange(other.lender_, nullptr)),
          id_(other.id_),
          bytes_(std::exchange(other.bytes_, {})) {}
    ReceivedBuffer& operator=(ReceivedBuffer&& other) noexcept {
        std::swap(lender_, other.lender_);
        std::swap(id_, other.id_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~ReceivedBuffer();

    std::string_view bytes() const { return bytes_; }

    /// Copies the bytes to memory of their own; bytes() is another view then.
    void detach();

private:
    BufferLender* lender_ = nullptr;  // null where bytes_ are none or our own
    std::uint16_t id_ = 0;
    std::string_view bytes_;
};

struct Completion {
    int result = 0;     // >= 0: as the system call's; < 0: -errno
    bool more = false;  // the operation goes on and will complete again
    ReceivedBuffer buffer;
};

/// One request to the ring. The ring holds its address, and the memory it names, from the call that
/// starts it until a completion without `more`; cancelling only asks, that completion still comes.
class Operation {
public:
    Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation();

    bool in_flight() const { return in_flight_; }

    // For rings.
    void started();
    void complete(Completion completion);

protected:
    /// Called once a completion, from the ring's dispatch: store it and make somebody ready.
    virtual void on_completion(Completion completion) = 0;

private:
    bool in_flight_ = false;
};

class Ring : public BufferLender {
public:
    // Sockets. Descriptors mean something to this ring alone.
    virtual Result<int> open_listener(const Address& address) = 0;  // SO_REUSEPORT: one a shard
    virtual Result<int> open_socket(const Address& destination) = 0;
    virtual Address local_address(int fd) = 0;
    virtual Address peer_address(int fd) = 0;
    /// Ends both directions at once; operations in flight complete. The descriptor stays open.
    virtual void shut_down(int fd) = 0;
    /// Ends the own direction alone: the peer reads the end, its bytes still arrive. A ring whose
    /// sockets cannot do so leaves it to close().
    virtual void shut_down_sending(int) {}
    /// From now on closing it breaks the connection (RST), so that the peer knows that nobody waits
    /// any more: a FIN alone could mean that the own direction has ended. A ring whose sockets
    /// cannot do so closes as ever.
    virtual void reset_on_close(int) {}
    /// Only when no operation on `fd` is in flight.
    virtual void close(int fd) = 0;
    /// The same for a listening socket. Gives the connections that waited in its queue, which the
    /// kernel resets otherwise; a ring whose listeners have no queue has none to give.
    virtual std::vector<int> close_listener(int fd) {
        close(fd);
        return {};
    }

    // Operations.
    virtual void accept(Operation& operation, int listener) = 0;  // multishot; result: a descriptor
    virtual void receive(Operation& operation, int fd) = 0;  // multishot; result 0: end of stream
    /// Multishot. Completes when the connection is broken, with the events of poll(2) that say so:
    /// POLLERR, POLLHUP; and perhaps when the peer has ended its direction, with POLLRDHUP alone.
    /// A multishot receive may lose a reset that came together with bytes (Linux 6.18): this never.
    virtual void watch_hang_up(Operation& operation, int fd) = 0;
    virtual void send(Operation& operation, int fd, std::string_view bytes) = 0;  // may be short
    virtual void connect(Operation& operation, int fd, const Address& address) = 0;
    /// Once: completes when `fd`, which may be any descriptor of the process, is ready for `events`
    /// (poll(2)); result: those that are. For libraries that do their own I/O; a ring of a
    /// simulated network has no such descriptors.
    virtual void poll(Operation&, int, unsigned) { CHECK(false, "nothing real to wait for"); }
    virtual void cancel(Operation& operation) = 0;

    /// What other threads name this ring by when they wake it; -1 where there is nothing to wake.
    virtual int descriptor() const = 0;
    /// Makes `other`, which belongs to another shard, return from run_once().
    virtual void wake(Ring& other) = 0;
    /// Hands over what was asked for, waits at most `wait` for a completion, and dispatches a
    /// bounded batch of them.
    virtual void run_once(Duration wait) = 0;
};

inline ReceivedBuffer::~ReceivedBuffer() {
    if (lender_ != nullptr) {
        lender_->recycle(id_);
    } else {
        delete[] bytes_.data();
    }
}

}  // namespace sluice::io
