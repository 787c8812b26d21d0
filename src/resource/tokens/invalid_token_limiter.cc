// A virtual queue for each address that empties at an even rate.
#include "resource/tokens/invalid_token_limiter.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/check.h"

namespace sluice::resource {
namespace {

constexpr Duration of_one_person = Duration(Seconds{1}) / InvalidTokenLimiter::per_second;
constexpr Duration patience = of_one_person * InvalidTokenLimiter::burst;

}  // namespace

InvalidTokenLimiter::InvalidTokenLimiter(Random& random,
                                         std::span<const http::IpNetwork> trusted_networks)
    : hash_key_{random.next_u64(), random.next_u64()},
      trusted_networks_(trusted_networks),
      addresses_(addresses_max) {}

std::optional<std::uint64_t> InvalidTokenLimiter::key_of(std::string_view peer) const {
    // Whose address could not be told is one of them all.
    if (peer == "unknown") return std::max<std::uint64_t>(friction::keyed_hash(peer, hash_key_), 1);
    // A link-local address ends in the interface that it came by ("%eth0").
    const std::string_view plain = peer.substr(0, peer.find('%'));
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (plain.size() >= text.size()) return std::nullopt;
    plain.copy(text.data(), plain.size());
    std::array<char, 16> bytes{};
    std::size_t size = 4;
    if (inet_pton(AF_INET, text.data(), bytes.data()) != 1) {
        if (inet_pton(AF_INET6, text.data(), bytes.data()) != 1) return std::nullopt;
        size = 8;
    }
    return std::max<std::uint64_t>(friction::keyed_hash({bytes.data(), size}, hash_key_), 1);
}

InvalidTokenLimiter::Address& InvalidTokenLimiter::place_of(std::uint64_t key) {
    CHECK(key != 0, "nobody's place has that key");
    const std::size_t first = key % (addresses_max / ways) * ways;
    const std::span places = std::span(addresses_).subspan(first, ways);
    const auto known = std::ranges::find(places, key, &Address::key);
    if (known != places.end()) return *known;
    Address& idlest = *std::ranges::min_element(places, {}, &Address::free_at);
    idlest = {.key = key};
    return idlest;
}

InvalidTokenLimiter::Verdict InvalidTokenLimiter::count(std::string_view peer, MonotonicTime now) {
    const auto key = key_of(peer);
    if (!key) return {};
    const Duration each =
        http::contain(trusted_networks_, peer) ? of_one_person / shared_factor : of_one_person;
    Address& address = place_of(*key);
    const MonotonicTime free_at = std::max(address.free_at, now) + each;
    const Duration above = free_at - now - patience;
    if (above <= Duration::zero()) {
        address.free_at = free_at;
        if (free_at - now <= patience / 2) address.slowed = false;
        return {};
    }
    const bool begins = !address.slowed;
    address.slowed = true;
    return {std::max(Seconds{1}, std::chrono::ceil<Seconds>(above)), begins};
}

}  // namespace sluice::resource
