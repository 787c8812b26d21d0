// CIDR networks (RFC 4632): whose forwarded addresses are believed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/address.h"

namespace sluice::config {

/// A network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). IPv4 is compared in its IPv4-mapped
/// IPv6 form, so that one socket for both sees one set of networks.
class Network {
public:
    /// "10.0.0.0/8", "2001:db8::/32", or one address. Bits behind the prefix must be zero.
    static std::optional<Network> parse(std::string_view text);

    bool contains(const io::Address& address) const;  // false for UNIX addresses

private:
    using Bytes16 = std::array<std::uint8_t, 16>;

    Network(const Bytes16& base, unsigned bits) : base_(base), bits_(bits) {}
    static std::optional<Bytes16> mapped_bytes(const io::Address& address);
    bool prefix_matches(const Bytes16& bytes) const;

    Bytes16 base_;
    unsigned bits_;  // of the 128
};

}  // namespace sluice::config
