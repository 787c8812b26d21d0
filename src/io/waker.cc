#include "io/waker.h"

#include <liburing.h>

#include "base/check.h"

namespace sluice::io {

struct Waker::Native {
    io_uring ring{};
};

Waker::Waker() : native_(std::make_unique<Native>()) {
    CHECK(io_uring_queue_init(4, &native_->ring, 0) == 0, "no small ring for a thread");
}

Waker::~Waker() {
    io_uring_queue_exit(&native_->ring);
}

void Waker::send(Shard& to, Message& message) {
    // Once the message is pushed, its delivery may end the shard.
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
