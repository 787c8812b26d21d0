#include "http/address_scope.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace sluice::http {
namespace {

struct Ipv4Block {
    std::array<std::uint8_t, 4> prefix;
    unsigned bits;
};

// IANA IPv4 Special-Purpose Address Registry, and multicast; loopback is tested before.
constexpr Ipv4Block special_ipv4[] = {
    {{0, 0, 0, 0}, 8},        // "this network"
    {{10, 0, 0, 0}, 8},       // private use
    {{100, 64, 0, 0}, 10},    // shared address space
    {{169, 254, 0, 0}, 16},   // link local, and with it the metadata services of clouds
    {{172, 16, 0, 0}, 12},    // private use
    {{192, 0, 0, 0}, 24},     // IETF protocol assignments
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 88, 99, 0}, 24},   // 6to4 relay anycast, deprecated
    {{192, 168, 0, 0}, 16},   // private use
    {{198, 18, 0, 0}, 15},    // benchmarking
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // multicast
    {{240, 0, 0, 0}, 4},      // reserved, limited broadcast
};

bool starts_with_bits(std::span<const std::uint8_t> address, std::span<const std::uint8_t> prefix,
                      unsigned bits) {
    const unsigned whole = bits / 8;
    if (!std::ranges::equal(address.first(whole), prefix.first(whole))) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

template <std::size_t count>
bool in_block(std::span<const std::uint8_t, 16> address,
              const std::array<std::uint8_t, count>& prefix, unsigned bits = count * 8) {
    return starts_with_bits(address, prefix, bits);
}

constexpr auto ipv4_mapped =
    std::to_array<std::uint8_t>({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff});
constexpr auto nat64 = std::to_array<std::uint8_t>({0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0});
constexpr auto six_to_four = std::to_array<std::uint8_t>({0x20, 0x02});
constexpr auto protocol_assignments =
    std::to_array<std::uint8_t>({0x20, 0x01, 0x00});  // Teredo too
constexpr auto documentation = std::to_array<std::uint8_t>({0x20, 0x01, 0x0d, 0xb8});
constexpr auto documentation_large = std::to_array<std::uint8_t>({0x3f, 0xff, 0x00});
constexpr auto global_unicast = std::to_array<std::uint8_t>({0x20});

AddressScope scope_of_carried(std::span<const std::uint8_t, 4> ipv4) {
    return address_scope(ipv4) == AddressScope::global ? AddressScope::global
                                                       : AddressScope::special;
}

}  // namespace

AddressScope address_scope(std::span<const std::uint8_t, 4> ipv4) {
    if (ipv4[0] == 127) return AddressScope::loopback;
    const bool special = std::ranges::any_of(special_ipv4, [&](const Ipv4Block& block) {
        return starts_with_bits(ipv4, block.prefix, block.bits);
    });
    return special ? AddressScope::special : AddressScope::global;
}

AddressScope address_scope(std::span<const std::uint8_t, 16> ipv6) {
    const bool leading_zeros = std::ranges::all_of(ipv6.first<15>(), [](auto b) { return b == 0; });
    if (leading_zeros && ipv6[15] == 1) return AddressScope::loopback;
    if (in_block(ipv6, ipv4_mapped)) return address_scope(ipv6.last<4>());
    if (in_block(ipv6, nat64)) return scope_of_carried(ipv6.last<4>());
    if (in_block(ipv6, six_to_four)) return scope_of_carried(ipv6.subspan<2, 4>());
    // IANA assigns global unicast addresses from 2000::/3 only.
    if (!in_block(ipv6, global_unicast, 3) || in_block(ipv6, protocol_assignments, 23) ||
        in_block(ipv6, documentation) || in_block(ipv6, documentation_large, 20)) {
        return AddressScope::special;
    }
    return AddressScope::global;
}

std::optional<AddressScope> address_scope(std::string_view text) {
    if (text.contains('\0')) return std::nullopt;
    const std::string terminated(text);
    std::array<std::uint8_t, 4> ipv4;
    if (inet_pton(AF_INET, terminated.c_str(), ipv4.data()) == 1) return address_scope(ipv4);
    std::array<std::uint8_t, 16> ipv6;
    if (inet_pton(AF_INET6, terminated.c_str(), ipv6.data()) == 1) return address_scope(ipv6);
    return std::nullopt;
}

bool is_public_address(const io::Address& address) {
    return address_scope(address.ip_text()) == AddressScope::global;
}

}  // namespace sluice::http
