// IP networks in CIDR notation (RFC 4632): whose addresses the configuration says something about.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "io/address.h"

namespace sluice::http {

/// A network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). IPv4 is compared in its IPv4-mapped
/// IPv6 form, so that one socket for both sees one set of networks.
class IpNetwork {
public:
    /// "10.0.0.0/8", "2001:db8::/32", or one address. Bits behind the prefix must be zero.
    static std::optional<IpNetwork> parse(std::string_view text);

    bool contains(const io::Address& address) const;  // false for UNIX addresses

private:
    using Bytes16 = std::array<std::uint8_t, 16>;

    IpNetwork(const Bytes16& base, unsigned bits) : base_(base), bits_(bits) {}
    static std::optional<Bytes16> mapped_bytes(const io::Address& address);
    bool prefix_matches(const Bytes16& bytes) const;

    Bytes16 base_;
    unsigned bits_;  // of the 128
};

/// Whether one of the networks contains the address of a peer, as Request::peer() has it: without
/// port and brackets. False for any other text. Costs nothing where there are no networks.
bool contain(std::span<const IpNetwork> networks, std::string_view peer);

}  // namespace sluice::http
