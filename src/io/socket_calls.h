// Socket system calls that are made directly: opening, naming and ending sockets.
#pragma once

#include <vector>

#include "io/address.h"
#include "io/error.h"

namespace sluice::io {

/// Connections that wait to be accepted, at most.
constexpr int listen_backlog = 4096;

/// A listening socket with SO_REUSEPORT and the options of socket_for(), which accepted sockets
/// inherit.
Result<int> listen_on(const Address& address);
/// Whether nobody listens on `address`, not even with SO_REUSEPORT. Errors: EADDRINUSE, EACCES, ...
Result<void> check_free(const Address& address);
/// An unconnected socket of the destination's family, with TCP_NODELAY. A peer that vanished
/// without a word is noticed within a minute: by TCP keep-alive, or where something was sent by
/// TCP_USER_TIMEOUT (RFC 5482); then there is ETIMEDOUT.
Result<int> socket_for(const Address& destination);
Address local_address_of(int fd);
Address peer_address_of(int fd);  // of no family where the peer is gone
/// Closes it, and gives the connections that waited to be accepted.
std::vector<int> close_listening_socket(int fd);
void shut_down_socket(int fd);
void shut_down_sending_of(int fd);
void reset_socket_on_close(int fd);

}  // namespace sluice::io
