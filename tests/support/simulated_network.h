// A network in memory: listeners, connected pairs of sockets with bounded queues of bytes.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/address.h"
#include "io/error.h"
#include "tests/support/dice.h"

namespace sluice::simulation {

/// Shared by all rings of a simulation. Nothing here waits: what cannot be done now gives nullopt,
/// and a ring asks again. Descriptors are unique in the whole network and never used twice.
class SimulatedNetwork {
public:
    explicit SimulatedNetwork(std::uint64_t seed) : dice_(seed) {}

    /// A listener; several on one address share what comes (SO_REUSEPORT). Port 0 is replaced by a
    /// free one.
    int listen(const io::Address& address);
    int open_socket();
    io::Address local_address(int fd) const { return socket(fd).local; }
    io::Address peer_address(int fd) const { return socket(fd).remote; }

    bool can_accept(int listener) const { return !socket(listener).waiting.empty(); }
    int accept(int listener);
    /// 0 or -errno; nothing where the address never answers.
    std::optional<int> connect(int fd, const io::Address& address);
    /// How many bytes went, -errno, or nothing where the peer's queue is full.
    std::optional<int> send(int fd, std::string_view bytes);
    /// How many bytes came, 0 at the end, -errno, or nothing where none are there.
    std::optional<int> receive(int fd, std::span<char> into);
    bool can_receive(int fd) const;
    bool can_send(int fd) const;
    /// Whether the connection was broken, told or not.
    bool is_broken(int fd) const { return socket(fd).hung_up; }

    void shut_down(int fd);
    void shut_down_sending(int fd);
    void close(int fd);
    /// Breaks a connection: both sides get ECONNRESET, and what was under way is lost.
    void reset(int fd);
    bool is_open(int fd) const { return sockets_.contains(fd); }

    /// From now on connects to `address` neither succeed nor fail.
    void black_hole(const io::Address& address) { black_holes_.push_back(address); }
    /// Sockets not closed yet; connections nobody accepted count too.
    std::size_t open_count() const { return sockets_.size(); }
    /// Bytes that a socket takes while nobody reads them. Default: 64 KiB.
    void set_queue_bytes(std::size_t bytes) { queue_bytes_ = bytes; }
    /// The address that sockets opened from now on connect from. Default: 127.0.0.1.
    void set_source_ip(std::string_view ip) { source_ip_ = ip; }

private:
    struct Socket {
        io::Address local;
        io::Address remote;
        int peer = -1;  // -1: none, or gone
        bool listening = false;
        bool connected = false;
        bool sending_ended = false;    // by our shut_down()
        bool receiving_ended = false;  // the peer sends no more, or we shut down
        bool broken = false;           // ECONNRESET is still to be told
        bool hung_up = false;          // it was broken
        std::string source_ip;
        std::string inbox;
        std::deque<int> waiting;  // of a listener: connections to accept
    };

    Socket& socket(int fd);
    const Socket& socket(int fd) const;
    int add(Socket socket);
    std::optional<int> listener_for(const io::Address& address);
    io::Address free_address(std::string_view ip);

    Dice dice_;
    std::map<int, Socket> sockets_;
    std::vector<io::Address> black_holes_;
    int next_fd_ = 3;
    std::uint16_t next_port_ = 40000;
    std::size_t queue_bytes_ = std::size_t{64} * 1024;
    std::string source_ip_ = "127.0.0.1";
};

}  // namespace sluice::simulation
