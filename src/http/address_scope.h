// SSRF guard, by address: public, loopback or special-purpose (RFC 6890).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "io/address.h"

namespace sluice::http {

enum class AddressScope : std::uint8_t {
    global,    // a unicast address of the public Internet
    loopback,  // 127.0.0.0/8, ::1, and the former mapped into IPv6
    special  // everything else: private, link-local, shared, multicast, documentation, reserved, …
};

// Bytes in network order. An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4)
// reaches no further than that one does.
AddressScope address_scope(std::span<const std::uint8_t, 4> ipv4);
AddressScope address_scope(std::span<const std::uint8_t, 16> ipv6);

/// Which addresses a client may connect to. Asked about each address that a name leads to; the one
/// that is judged is the one that is connected to, so no second lookup can put another in its
/// place.
using AddressGuard = bool (*)(const io::Address& address);
/// The guard for URLs that strangers choose: the public Internet alone.
bool is_public_address(const io::Address& address);

/// A numeric address in its usual spelling, without brackets or zone; nothing for any other text.
/// "127.1", "0x7f.0.0.1" or "2130706433" are no usual spellings.
std::optional<AddressScope> address_scope(std::string_view text);

}  // namespace sluice::http
