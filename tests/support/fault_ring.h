// A ring over the simulated network, that does by its seed what a kernel may do.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/ring.h"
#include "tests/support/dice.h"
#include "tests/support/fault_rates.h"
#include "tests/support/simulated_network.h"

namespace sluice::simulation {

class FaultRing final : public io::Ring {
public:
    struct Options {
        FaultRates rates;
        unsigned buffers = 16;
        unsigned buffer_bytes = 1024;
    };

    FaultRing(SimulatedNetwork& network, Clock& clock, std::uint64_t seed, Options options);
    ~FaultRing() override;

    io::Result<int> open_listener(const io::Address& address) override;
    io::Result<int> open_socket(const io::Address& destination) override;
    io::Address local_address(int fd) override { return network_.local_address(fd); }
    io::Address peer_address(int fd) override { return network_.peer_address(fd); }
    void shut_down(int fd) override { network_.shut_down(fd); }
    void shut_down_sending(int fd) override { network_.shut_down_sending(fd); }
    void reset_on_close(int fd) override { network_.reset(fd); }
    void close(int fd) override;
    std::vector<int> close_listener(int fd) override;

    void accept(io::Operation& operation, int listener) override;
    void receive(io::Operation& operation, int fd) override;
    void watch_hang_up(io::Operation& operation, int fd) override;
    void send(io::Operation& operation, int fd, std::string_view bytes) override;
    void connect(io::Operation& operation, int fd, const io::Address& address) override;
    void cancel(io::Operation& operation) override;

    int descriptor() const override { return -1; }
    void wake(io::Ring& other) override;
    void run_once(Duration wait) override;

    // For the driver of the simulation.

    /// How long this shard would have slept in its last turn; nothing where it had work.
    std::optional<Duration> idle_for() const { return idle_for_; }
    /// When a delayed completion may come.
    std::optional<MonotonicTime> next_delayed() const;
    void set_rates(FaultRates rates) { options_.rates = rates; }
    /// What was not ended, given back or closed, in words; empty where nothing is left.
    std::string leaks() const;
    std::size_t in_flight() const { return pending_.size() + completions_.size(); }
    std::size_t buffers_lent() const { return options_.buffers - free_buffers_.size(); }

protected:
    void recycle(std::uint16_t buffer) override;

private:
    enum class Kind { accept, receive, hang_up, send, connect };
    struct Pending {
        Kind kind;
        io::Operation* operation;
        int fd;
        std::string_view bytes;  // of a send: what is still to go
        std::size_t sent = 0;
        const io::Address* address = nullptr;
        bool cancelled = false;
        bool delayed = false;  // its delay was taken already
        MonotonicTime not_before{};
        bool ended = false;
    };
    struct Queued {
        io::Operation* operation;
        int fd;
        io::Completion completion;
    };

    void start(Pending pending);
    void gather();
    bool possible(const Pending& pending) const;
    bool put_off(Pending& pending);
    void progress(Pending& pending);
    void progress_accept(Pending& pending);
    void progress_receive(Pending& pending);
    void progress_send(Pending& pending);
    void progress_connect(Pending& pending);
    void finish_cancelled(Pending& pending);
    void give(Pending& pending, io::Completion completion);

    SimulatedNetwork& network_;
    Clock& clock_;
    Dice dice_;
    Options options_;
    std::vector<Pending> pending_;
    std::deque<Queued> completions_;
    std::vector<std::vector<char>> memory_;
    std::vector<std::uint16_t> free_buffers_;
    std::vector<int> descriptors_;  // opened through this ring
    std::optional<Duration> idle_for_;
    bool progressed_ = false;
};

}  // namespace sluice::simulation
