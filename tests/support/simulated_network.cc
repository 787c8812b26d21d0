#include "tests/support/simulated_network.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace sluice::simulation {

SimulatedNetwork::Socket& SimulatedNetwork::socket(int fd) {
    const auto found = sockets_.find(fd);
    CHECK(found != sockets_.end(), "a descriptor was used that is not open");
    return found->second;
}

const SimulatedNetwork::Socket& SimulatedNetwork::socket(int fd) const {
    const auto found = sockets_.find(fd);
    CHECK(found != sockets_.end(), "a descriptor was used that is not open");
    return found->second;
}

int SimulatedNetwork::add(Socket socket) {
    const int fd = next_fd_++;
    sockets_.emplace(fd, std::move(socket));
    return fd;
}

io::Address SimulatedNetwork::free_address(std::string_view ip) {
    const auto address = io::Address::from_ip(ip, next_port_++);
    CHECK(address.has_value(), "no IP address");
    return *address;
}

int SimulatedNetwork::listen(const io::Address& address) {
    Socket socket;
    const bool choose = address.family() != AF_UNIX && address.port() == 0;
    socket.local = choose ? free_address(address.ip_text()) : address;
    socket.listening = true;
    return add(std::move(socket));
}

int SimulatedNetwork::open_socket() {
    Socket socket;
    socket.source_ip = source_ip_;
    return add(std::move(socket));
}

std::optional<int> SimulatedNetwork::listener_for(const io::Address& address) {
    std::vector<int> candidates;
    for (const auto& [fd, socket] : sockets_) {
        if (!socket.listening) continue;
        const bool everywhere =
            socket.local.family() == address.family() && address.family() != AF_UNIX &&
            socket.local.port() == address.port() &&
            (socket.local.ip_text() == "0.0.0.0" || socket.local.ip_text() == "::");
        if (everywhere || socket.local == address) candidates.push_back(fd);
    }
    if (candidates.empty()) return std::nullopt;
    return candidates[dice_.below(candidates.size())];
}

int SimulatedNetwork::accept(int listener) {
    Socket& from = socket(listener);
    CHECK(from.listening && !from.waiting.empty());
    const int fd = from.waiting.front();
    from.waiting.pop_front();
    return fd;
}

std::optional<int> SimulatedNetwork::connect(int fd, const io::Address& address) {
    if (std::ranges::find(black_holes_, address) != black_holes_.end()) return std::nullopt;
    Socket& ours = socket(fd);
    CHECK(!ours.connected && !ours.listening, "connected twice");
    const auto listener = listener_for(address);
    if (!listener) return -ECONNREFUSED;
    Socket theirs;
    ours.local = free_address(ours.source_ip);
    ours.remote = address;
    theirs.local = address;
    theirs.remote = ours.local;
    theirs.peer = fd;
    ours.connected = theirs.connected = true;
    ours.peer = add(std::move(theirs));
    socket(*listener).waiting.push_back(ours.peer);
    return 0;
}

bool SimulatedNetwork::can_send(int fd) const {
    const Socket& ours = socket(fd);
    if (ours.broken || ours.sending_ended || ours.peer < 0) return true;  // fails, or goes nowhere
    return socket(ours.peer).inbox.size() < queue_bytes_;
}

std::optional<int> SimulatedNetwork::send(int fd, std::string_view bytes) {
    Socket& ours = socket(fd);
    CHECK(ours.connected, "a send on a socket that is not connected");
    if (ours.broken) {
        ours.broken = false;
        ours.sending_ended = ours.receiving_ended = true;
        return -ECONNRESET;
    }
    if (ours.sending_ended) return -EPIPE;
    if (ours.peer < 0) {  // The peer has closed: it answers these bytes with a reset.
        ours.broken = ours.hung_up = true;
        return static_cast<int>(bytes.size());
    }
    Socket& theirs = socket(ours.peer);
    if (theirs.inbox.size() >= queue_bytes_) return std::nullopt;
    const std::size_t count = std::min(bytes.size(), queue_bytes_ - theirs.inbox.size());
    theirs.inbox.append(bytes.substr(0, count));
    return static_cast<int>(count);
}

bool SimulatedNetwork::can_receive(int fd) const {
    const Socket& ours = socket(fd);
    return ours.broken || !ours.inbox.empty() || ours.receiving_ended;
}

std::optional<int> SimulatedNetwork::receive(int fd, std::span<char> into) {
    Socket& ours = socket(fd);
    CHECK(ours.connected, "a receive on a socket that is not connected");
    if (!ours.inbox.empty()) {
        const std::size_t count = std::min(into.size(), ours.inbox.size());
        std::memcpy(into.data(), ours.inbox.data(), count);
        ours.inbox.erase(0, count);
        return static_cast<int>(count);
    }
    if (ours.broken) {
        ours.broken = false;
        ours.sending_ended = ours.receiving_ended = true;
        return -ECONNRESET;
    }
    if (ours.receiving_ended) return 0;
    return std::nullopt;
}

void SimulatedNetwork::shut_down(int fd) {
    shut_down_sending(fd);
    Socket& ours = socket(fd);
    if (ours.connected) ours.receiving_ended = true;
}

void SimulatedNetwork::shut_down_sending(int fd) {
    Socket& ours = socket(fd);
    if (!ours.connected) return;
    ours.sending_ended = true;
    if (ours.peer >= 0) socket(ours.peer).receiving_ended = true;
}

void SimulatedNetwork::reset(int fd) {
    Socket& ours = socket(fd);
    for (const int end : {fd, ours.peer}) {
        if (end < 0 || !is_open(end)) continue;
        Socket& broken = socket(end);
        broken.broken = broken.hung_up = true;
        broken.inbox.clear();
        broken.peer = -1;
    }
}

void SimulatedNetwork::close(int fd) {
    Socket& ours = socket(fd);
    const std::deque<int> never_accepted = std::move(ours.waiting);
    if (ours.peer >= 0) {
        Socket& theirs = socket(ours.peer);
        theirs.receiving_ended = true;
        theirs.peer = -1;
        // Bytes that nobody read make the kernel answer with a reset, which on some systems
        // destroys what the peer has not read yet (RFC 9112 §9.6).
        if (!ours.inbox.empty()) {
            theirs.broken = theirs.hung_up = true;
            if (dice_.chance(500)) theirs.inbox.clear();
        }
    }
    sockets_.erase(fd);
    for (const int connection : never_accepted) {
        reset(connection);
        sockets_.erase(connection);
    }
}

}  // namespace sluice::simulation
