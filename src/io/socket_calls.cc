#include "io/socket_calls.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice::io {
namespace {

void set(int fd, int level, int option, int value) {
    setsockopt(fd, level, option, &value, sizeof value);
}
void enable(int fd, int level, int option) {
    set(fd, level, option, 1);
}

/// A machine that vanishes sends neither FIN nor RST: nothing else would ever end a silent stream.
void notice_who_vanishes(int fd) {
    constexpr int silent_s = 30;  // then it is asked whether it is there
    constexpr int again_s = 10;
    constexpr int asked_max = 3;
    constexpr int unacknowledged_ms = (silent_s + asked_max * again_s) * 1000;
    enable(fd, SOL_SOCKET, SO_KEEPALIVE);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, silent_s);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, again_s);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, asked_max);
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms);
}

std::unexpected<Error> close_and_fail(int fd) {
    const Error error{errno};
    ::close(fd);
    return std::unexpected(error);
}

using NameCall = int(int, sockaddr*, socklen_t*) noexcept;

Address name_of(int fd, NameCall* call) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (call(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
    return Address::from_native(reinterpret_cast<sockaddr*>(&storage), length);
}

}  // namespace

Result<int> socket_for(const Address& destination) {
    const int fd = socket(destination.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return std::unexpected(Error{errno});
    if (destination.family() == AF_UNIX) return fd;
    enable(fd, IPPROTO_TCP, TCP_NODELAY);
    notice_who_vanishes(fd);
    return fd;
}

Result<void> check_free(const Address& address) {
    const auto fd = socket_for(address);
    if (!fd) return std::unexpected(fd.error());
    enable(*fd, SOL_SOCKET, SO_REUSEADDR);
    if (bind(*fd, address.native(), address.native_length()) != 0) return close_and_fail(*fd);
    ::close(*fd);
    return {};
}

Result<int> listen_on(const Address& address) {
    const auto fd = socket_for(address);
    if (!fd) return fd;
    if (address.family() != AF_UNIX) {
        enable(*fd, SOL_SOCKET, SO_REUSEADDR);
        enable(*fd, SOL_SOCKET, SO_REUSEPORT);
    }
    if (address.family() == AF_INET6) enable(*fd, IPPROTO_IPV6, IPV6_V6ONLY);
    if (bind(*fd, address.native(), address.native_length()) != 0) return close_and_fail(*fd);
    if (listen(*fd, listen_backlog) != 0) return close_and_fail(*fd);
    return fd;
}

Address local_address_of(int fd) {
    return name_of(fd, &getsockname);
}
Address peer_address_of(int fd) {
    return name_of(fd, &getpeername);
}
std::vector<int> close_listening_socket(int fd) {
    std::vector<int> waiting;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    for (;;) {
        const int accepted = accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted >= 0) {
            waiting.push_back(accepted);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            break;
        }
    }
    ::close(fd);
    return waiting;
}
void shut_down_socket(int fd) {
    ::shutdown(fd, SHUT_RDWR);
}
void reset_socket_on_close(int fd) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}
void shut_down_sending_of(int fd) {
    ::shutdown(fd, SHUT_WR);
}

}  // namespace sluice::io
