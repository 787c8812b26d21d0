// Listen addresses and CIDR networks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::server {

/// A numeric IPv4 or IPv6 address; IPv4 is kept in its IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2).
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    bool v4 = false;

    /// "192.0.2.1" or "2001:db8::1", without brackets, port or zone.
    static std::optional<IpAddress> parse(std::string_view text);
    bool is_loopback() const;  // 127.0.0.0/8 or ::1
    bool operator==(const IpAddress&) const = default;
};

/// Where to accept connections.
struct ListenAddress {
    IpAddress address;
    std::uint16_t port = 0;  // 0: the kernel chooses
    std::string text;        // as the file has it

    /// "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" (127.0.0.1).
    static std::optional<ListenAddress> parse(std::string_view text);
};

/// A network in CIDR notation (RFC 4632 §3.1).
class Network {
public:
    /// "10.0.0.0/8", "2001:db8::/32", or one address. Host bits must be zero.
    static std::optional<Network> parse(std::string_view text);
    bool contains(const IpAddress& address) const;
    bool contains(std::string_view address) const;  // false where it is no numeric address

private:
    Network(IpAddress base, int bits) : base_(base), bits_(bits) {}
    IpAddress base_;
    int bits_;  // of the 128
};

}  // namespace sluice::server
