// Socket address: IPv4, IPv6 or a UNIX path.
#pragma once

#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::io {

/// A value; as large as the largest kind it holds.
class Address {
public:
    /// "127.0.0.1:8080", "[::1]:8080" or "unix:/run/sluice.sock"; numeric only, nothing is looked
    /// up.
    static std::optional<Address> parse(std::string_view text);
    /// A numeric IP address without brackets, and a port.
    static std::optional<Address> from_ip(std::string_view ip, std::uint16_t port);
    static Address from_native(const sockaddr* address, socklen_t length);

    Address() = default;  // of no family

    const sockaddr* native() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t native_length() const { return length_; }
    int family() const { return storage_.ss_family; }
    std::uint16_t port() const;  // 0 for a UNIX path
    /// "127.0.0.1", "::1"; an IPv4-mapped IPv6 address as IPv4; "unix"; of no family: "unknown".
    std::string ip_text() const;
    std::string text() const;  // the form that parse() takes

    friend bool operator==(const Address& a, const Address& b);

private:
    sockaddr_storage storage_{};
    socklen_t length_ = 0;
};

}  // namespace sluice::io
