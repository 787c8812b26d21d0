// io_uring: multishot accept and receive over a ring of provided buffers.
#pragma once

#include <memory>
#include <string>

#include "io/ring.h"

namespace sluice::io {

class KernelRing final : public Ring {
public:
    struct Options {
        unsigned submissions = 4096;
        unsigned completions = 16384;
        unsigned buffers = 512;  // a power of two
        unsigned buffer_bytes = 4096;
    };

    /// Errors name what the kernel, a sysctl, a seccomp profile or a limit refused, and what to do.
    static std::expected<std::unique_ptr<KernelRing>, std::string> create(const Options& options);
    ~KernelRing() override;

    /// Binds the ring to the calling thread, which alone may use it from now on; before that others
    /// cannot wake it.
    void adopt_by_this_thread();

    Result<int> open_listener(const Address& address) override;
    Result<int> open_socket(const Address& destination) override;
    Address local_address(int fd) override;
    Address peer_address(int fd) override;
    void shut_down(int fd) override;
    void shut_down_sending(int fd) override;
    void reset_on_close(int fd) override;
    void close(int fd) override;
    std::vector<int> close_listener(int fd) override;

    void accept(Operation& operation, int listener) override;
    void receive(Operation& operation, int fd) override;
    void watch_hang_up(Operation& operation, int fd) override;
    void send(Operation& operation, int fd, std::string_view bytes) override;
    void connect(Operation& operation, int fd, const Address& address) override;
    void poll(Operation& operation, int fd, unsigned events) override;
    void cancel(Operation& operation) override;

    int descriptor() const override;
    void wake(Ring& other) override;
    void run_once(Duration wait) override;

protected:
    void recycle(std::uint16_t buffer) override;

private:
    struct Native;
    explicit KernelRing(std::unique_ptr<Native> native);
    std::unique_ptr<Native> native_;
};

}  // namespace sluice::io
