// Cutting addresses to what one host holds.
#include "oauth/limits/address_key.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>

namespace sluice::oauth {

PooledText address_key(std::string_view address) {
    // A link-local address ends in the interface it came by ("%eth0").
    const PooledText text(address.substr(0, address.find('%')));
    std::array<unsigned char, 16> bytes;
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return PooledText(address);

    std::array<char, INET6_ADDRSTRLEN> printed;
    constexpr std::array<unsigned char, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::ranges::equal(mapped, std::span(bytes).first<mapped.size()>())) {
        inet_ntop(AF_INET, bytes.data() + mapped.size(), printed.data(), printed.size());
        return printed.data();
    }
    std::ranges::fill(std::span(bytes).last<8>(), 0);
    inet_ntop(AF_INET6, bytes.data(), printed.data(), printed.size());
    return PooledText(printed.data()).append("/64");
}

PeerAddress peer_address(const Settings& settings, const http::Request& request) {
    const bool shared = http::contain(settings.trusted_networks, request.peer());
    return {address_key(request.peer()), shared ? people_behind_shared_address : 1};
}

}  // namespace sluice::oauth
