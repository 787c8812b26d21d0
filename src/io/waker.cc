#include "io/waker.h"

#include <liburing.h>

#include "base/check.h"
#include "base/result.h"
#include "io/ring_error.h"

namespace sluice::io {

struct Waker::Native {
    Native() = default;
    Native(const Native&) = delete;
    Native& operator=(const Native&) = delete;
    ~Native() {
        if (ring.ring_fd >= 0) io_uring_queue_exit(&ring);
    }
    io_uring ring{.ring_fd = -1};
};

std::expected<Waker, std::string> Waker::create() {
    auto native = std::make_unique<Native>();
    if (const int error = io_uring_queue_init(4, &native->ring, 0); error != 0) {
        native->ring.ring_fd = -1;
        return std::unexpected(explain_ring_error(-error, "io_uring_setup"));
    }
    return Waker(std::move(native));
}

Waker::Waker(std::unique_ptr<Native> native) : native_(std::move(native)) {}
Waker::Waker(Waker&&) noexcept = default;
Waker& Waker::operator=(Waker&&) noexcept = default;
Waker::~Waker() = default;

std::expected<std::vector<Waker>, std::string> make_wakers(unsigned count) {
    std::vector<Waker> wakers;
    for (unsigned i = 0; i < count; ++i) {
        TRY(Waker waker, Waker::create());
        wakers.push_back(std::move(waker));
    }
    return wakers;
}

void Waker::send(Shard& to, Message& message) {
    // Once the message is pushed, its delivery may end the shard.
    CHECK(native_ != nullptr, "a waker that was moved away");
    const int ring = to.ring().descriptor();
    if (!to.push(message)) return;
    io_uring_sqe* sqe = io_uring_get_sqe(&native_->ring);
    CHECK(sqe != nullptr);
    io_uring_prep_msg_ring(sqe, ring, 0, 0, 0);
    io_uring_submit(&native_->ring);
    io_uring_cqe* cqe = nullptr;
    if (io_uring_wait_cqe(&native_->ring, &cqe) == 0) io_uring_cqe_seen(&native_->ring, cqe);
}

}  // namespace sluice::io
