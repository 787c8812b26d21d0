#include "io/kernel_ring.h"

#include <liburing.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "base/check.h"
#include "io/ring_error.h"
#include "io/socket_calls.h"

namespace sluice::io {
namespace {

constexpr std::uint16_t buffer_group = 1;
constexpr std::uint64_t nobody = 0;  // user data of what no operation waits for
constexpr unsigned batch_max = 256;  // completions before the coroutines they made ready get a turn

/// What the ring will ever be asked to do; the kernel refuses the rest, also to an intruder.
int restrict_to_what_is_used(io_uring& ring) {
    constexpr std::array operations = {
        IORING_OP_ACCEPT, IORING_OP_RECV,     IORING_OP_SEND,     IORING_OP_CONNECT,
        IORING_OP_CLOSE,  IORING_OP_MSG_RING, IORING_OP_POLL_ADD, IORING_OP_ASYNC_CANCEL};
    std::array<io_uring_restriction, operations.size() + 3> restrictions{};
    std::size_t count = 0;
    for (const auto operation : operations) {
        restrictions[count].opcode = IORING_RESTRICTION_SQE_OP;
        restrictions[count++].sqe_op = static_cast<__u8>(operation);
    }
    restrictions[count].opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
    restrictions[count++].sqe_flags = IOSQE_BUFFER_SELECT | IOSQE_CQE_SKIP_SUCCESS;
    restrictions[count].opcode = IORING_RESTRICTION_REGISTER_OP;
    restrictions[count++].register_op = IORING_REGISTER_ENABLE_RINGS;
    restrictions[count].opcode = IORING_RESTRICTION_REGISTER_OP;
    restrictions[count++].register_op = IORING_REGISTER_RING_FDS;
    return io_uring_register_restrictions(&ring, restrictions.data(), static_cast<unsigned>(count));
}

}  // namespace

struct KernelRing::Native {
    explicit Native(const Options& from) : options(from) {}
    ~Native() {
        CHECK(lent == 0, "a ring was dropped while somebody reads its buffers");
        if (ring.ring_fd >= 0) io_uring_queue_exit(&ring);
        std::free(buffer_ring);
        std::free(memory);
    }

    io_uring_sqe& next_submission() {
        CHECK(adopted, "a ring is used by the thread that adopted it");
        io_uring_sqe* sqe = io_uring_get_sqe(&ring);
        while (sqe == nullptr) {  // full: hand over what is there, drop nothing
            io_uring_submit(&ring);
            sqe = io_uring_get_sqe(&ring);
        }
        return *sqe;
    }

    io_uring_sqe& start(Operation& operation) {
        operation.started();
        return next_submission();
    }

    char* buffer(std::uint16_t id) { return memory + std::size_t{id} * options.buffer_bytes; }

    void provide(std::uint16_t id) {
        CHECK(id < options.buffers);
        const int mask = static_cast<int>(options.buffers) - 1;
        io_uring_buf_ring_add(buffer_ring, buffer(id), options.buffer_bytes, id, mask, 0);
        io_uring_buf_ring_advance(buffer_ring, 1);
    }

    const char* set_up_buffers();

    static io_uring no_ring() {
        io_uring none{};
        none.ring_fd = -1;
        return none;
    }

    Options options;
    io_uring ring = no_ring();
    io_uring_buf_ring* buffer_ring = nullptr;
    char* memory = nullptr;
    bool adopted = false;
    unsigned lent = 0;  // buffers that somebody reads
};

/// Null, or the step that failed with errno set.
const char* KernelRing::Native::set_up_buffers() {
    void* block = nullptr;
    errno = ENOMEM;  // posix_memalign leaves it alone
    if (posix_memalign(&block, 4096, options.buffers * sizeof(io_uring_buf)) != 0) return "memory";
    buffer_ring = static_cast<io_uring_buf_ring*>(block);
    if (posix_memalign(&block, 4096, std::size_t{options.buffers} * options.buffer_bytes) != 0) {
        return "memory";
    }
    memory = static_cast<char*>(block);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(buffer_ring);
    registration.ring_entries = options.buffers;
    registration.bgid = buffer_group;
    if (const int error = io_uring_register_buf_ring(&ring, &registration, 0); error != 0) {
        errno = -error;
        return "IORING_REGISTER_PBUF_RING";
    }
    io_uring_buf_ring_init(buffer_ring);
    for (unsigned id = 0; id < options.buffers; ++id) provide(static_cast<std::uint16_t>(id));
    return nullptr;
}

std::expected<std::unique_ptr<KernelRing>, std::string> KernelRing::create(const Options& options) {
    CHECK(std::has_single_bit(options.buffers) && options.buffers <= 32768);
    auto native = std::make_unique<Native>(options);
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE |
                   IORING_SETUP_R_DISABLED;
    params.cq_entries = options.completions;
    if (const int error = io_uring_queue_init_params(options.submissions, &native->ring, &params)) {
        native->ring.ring_fd = -1;
        return std::unexpected(explain_ring_error(-error, "io_uring_setup"));
    }
    if (const char* step = native->set_up_buffers())
        return std::unexpected(explain_ring_error(errno, step));
    if (const int error = restrict_to_what_is_used(native->ring)) {
        return std::unexpected(explain_ring_error(-error, "IORING_REGISTER_RESTRICTIONS"));
    }
    return std::unique_ptr<KernelRing>(new KernelRing(std::move(native)));
}

KernelRing::KernelRing(std::unique_ptr<Native> native) : native_(std::move(native)) {}
KernelRing::~KernelRing() = default;

void KernelRing::adopt_by_this_thread() {
    CHECK(!native_->adopted, "a ring belongs to one thread");
    const int error = io_uring_enable_rings(&native_->ring);
    CHECK(error == 0, "IORING_REGISTER_ENABLE_RINGS failed");
    native_->adopted = true;
    io_uring_register_ring_fd(&native_->ring);  // only saves time: not needed
}

Result<int> KernelRing::open_listener(const Address& address) {
    return listen_on(address);
}
Result<int> KernelRing::open_socket(const Address& destination) {
    return socket_for(destination);
}
Address KernelRing::local_address(int fd) {
    return local_address_of(fd);
}
Address KernelRing::peer_address(int fd) {
    return peer_address_of(fd);
}
void KernelRing::shut_down(int fd) {
    shut_down_socket(fd);
}
void KernelRing::shut_down_sending(int fd) {
    shut_down_sending_of(fd);
}

void KernelRing::reset_on_close(int fd) {
    reset_socket_on_close(fd);
}

void KernelRing::close(int fd) {
    if (!native_->adopted) {  // nothing can be submitted yet
        ::close(fd);
        return;
    }
    io_uring_sqe& sqe = native_->next_submission();
    io_uring_prep_close(&sqe, fd);
    sqe.flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(&sqe, nobody);
}

std::vector<int> KernelRing::close_listener(int fd) {
    return close_listening_socket(fd);
}

void KernelRing::accept(Operation& operation, int listener) {
    io_uring_sqe& sqe = native_->start(operation);
    io_uring_prep_multishot_accept(&sqe, listener, nullptr, nullptr, SOCK_CLOEXEC);
    io_uring_sqe_set_data(&sqe, &operation);
}

void KernelRing::receive(Operation& operation, int fd) {
    io_uring_sqe& sqe = native_->start(operation);
    io_uring_prep_recv_multishot(&sqe, fd, nullptr, 0, 0);
    sqe.flags |= IOSQE_BUFFER_SELECT;
    sqe.buf_group = buffer_group;
    io_uring_sqe_set_data(&sqe, &operation);
}

void KernelRing::watch_hang_up(Operation& operation, int fd) {
    io_uring_sqe& sqe = native_->start(operation);
    io_uring_prep_poll_multishot(&sqe, fd, POLLRDHUP);  // POLLERR and POLLHUP are always reported
    io_uring_sqe_set_data(&sqe, &operation);
}

void KernelRing::send(Operation& operation, int fd, std::string_view bytes) {
    io_uring_sqe& sqe = native_->start(operation);
    io_uring_prep_send(&sqe, fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_WAITALL);
    io_uring_sqe_set_data(&sqe, &operation);
}

void KernelRing::connect(Operation& operation, int fd, const Address& address) {
    io_uring_sqe& sqe = native_->start(operation);
    io_uring_prep_connect(&sqe, fd, address.native(), address.native_length());
    io_uring_sqe_set_data(&sqe, &operation);
}

void KernelRing::poll(Operation& operation, int fd, unsigned events) {
    io_uring_sqe& sqe = native_->start(operation);
    io_uring_prep_poll_add(&sqe, fd, events);
    io_uring_sqe_set_data(&sqe, &operation);
}

void KernelRing::cancel(Operation& operation) {
    io_uring_sqe& sqe = native_->next_submission();
    io_uring_prep_cancel(&sqe, &operation, 0);
    sqe.flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(&sqe, nobody);
}

int KernelRing::descriptor() const {
    return native_->ring.ring_fd;
}

void KernelRing::wake(Ring& other) {
    io_uring_sqe& sqe = native_->next_submission();
    io_uring_prep_msg_ring(&sqe, other.descriptor(), 0, nobody, 0);
    sqe.flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(&sqe, nobody);
}

void KernelRing::run_once(Duration wait) {
    io_uring* ring = &native_->ring;
    if (wait <= Duration::zero()) {
        io_uring_submit_and_get_events(ring);
    } else {
        const auto seconds = std::chrono::floor<Seconds>(wait);
        __kernel_timespec timeout{seconds.count(), (wait - seconds).count()};
        io_uring_cqe* first = nullptr;
        io_uring_submit_and_wait_timeout(ring, &first, 1, &timeout, nullptr);
    }
    std::array<io_uring_cqe*, batch_max> batch;
    const unsigned count = io_uring_peek_batch_cqe(ring, batch.data(), batch_max);
    for (unsigned i = 0; i < count; ++i) {
        const io_uring_cqe& cqe = *batch[i];
        if (cqe.user_data == nobody) continue;
        Completion completion{cqe.res, (cqe.flags & IORING_CQE_F_MORE) != 0, {}};
        if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) {
            const auto id = static_cast<std::uint16_t>(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
            CHECK(native_->lent < native_->options.buffers, "a buffer was provided twice");
            ++native_->lent;
            const auto size = static_cast<std::size_t>(std::max(cqe.res, 0));
            completion.buffer = ReceivedBuffer(*this, id, {native_->buffer(id), size});
        }
        auto* operation = reinterpret_cast<Operation*>(static_cast<std::uintptr_t>(cqe.user_data));
        operation->complete(std::move(completion));
    }
    io_uring_cq_advance(ring, count);
}

void KernelRing::recycle(std::uint16_t buffer) {
    CHECK(native_->lent > 0, "a buffer came back twice");
    --native_->lent;
    native_->provide(buffer);
}

}  // namespace sluice::io
