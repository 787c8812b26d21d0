#include "http/ip_network.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/ascii.h"

namespace sluice::http {

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = io::Address::from_ip(text.substr(0, slash), 0);
    if (!address) return std::nullopt;
    const unsigned mapped = address->family() == AF_INET ? 96 : 0;
    unsigned bits = 128;
    if (slash != std::string_view::npos) {
        const auto prefix = parse_decimal(text.substr(slash + 1));
        if (!prefix || *prefix > 128 - mapped) return std::nullopt;
        bits = mapped + static_cast<unsigned>(*prefix);
    }
    const auto bytes = mapped_bytes(*address);
    if (!bytes) return std::nullopt;
    for (unsigned bit = bits; bit < 128; ++bit) {
        if (((*bytes)[bit / 8] >> (7 - bit % 8) & 1U) != 0) return std::nullopt;
    }
    return IpNetwork(*bytes, bits);
}

bool IpNetwork::contains(const io::Address& address) const {
    const auto bytes = mapped_bytes(address);
    return bytes && prefix_matches(*bytes);
}

std::optional<IpNetwork::Bytes16> IpNetwork::mapped_bytes(const io::Address& address) {
    Bytes16 bytes{};
    if (address.family() == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, address.native(), sizeof v4);
        bytes[10] = bytes[11] = 0xff;
        std::memcpy(bytes.data() + 12, &v4.sin_addr, 4);
        return bytes;
    }
    if (address.family() == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, address.native(), sizeof v6);
        std::memcpy(bytes.data(), &v6.sin6_addr, 16);
        return bytes;
    }
    return std::nullopt;
}

bool IpNetwork::prefix_matches(const Bytes16& bytes) const {
    const unsigned whole = bits_ / 8;
    if (!std::equal(base_.begin(), base_.begin() + whole, bytes.begin())) return false;
    const unsigned rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return (base_[whole] & mask) == (bytes[whole] & mask);
}

bool contain(std::span<const IpNetwork> networks, std::string_view peer) {
    if (networks.empty()) return false;
    // A link-local address ends in the interface that it came by ("%eth0").
    const auto address = io::Address::from_ip(peer.substr(0, peer.find('%')), 0);
    return address && std::ranges::any_of(networks, [&](const IpNetwork& network) {
               return network.contains(*address);
           });
}

}  // namespace sluice::http
