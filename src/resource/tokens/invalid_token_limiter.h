// Rate limiter of invalid tokens: a token bucket for each peer address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "friction/key_hash.h"
#include "http/ip_network.h"

namespace sluice::resource {

/// How many refused tokens each address may send before it is told to slow down. A fixed amount of
/// memory: of too many addresses at once, the one that is heard of least gives way. Belongs to one
/// shard.
class InvalidTokenLimiter {
public:
    static constexpr unsigned burst = 300;  // at once
    static constexpr unsigned per_second = 5;
    static constexpr unsigned shared_factor = 100;  // so many times more in a trusted network
    static constexpr std::size_t addresses_max = 4096;

    /// trusted_networks  In which many people share an address; they outlive the limiter.
    explicit InvalidTokenLimiter(Random& random,
                                 std::span<const http::IpNetwork> trusted_networks = {});

    struct Verdict {
        Seconds wait{0};      // above zero: this one was too many
        bool begins = false;  // the first one in a while that was
    };
    /// One more token that was refused. peer  An IPv4 address counts as it is, an IPv6 address as
    /// its /64, and "unknown" as one address; anything else (a UNIX socket) has no address of its
    /// own, and may go on.
    Verdict count(std::string_view peer, MonotonicTime now);

private:
    struct Address {
        std::uint64_t key = 0;    // 0: nobody
        MonotonicTime free_at{};  // when all that it sent will be forgotten
        bool slowed = false;
    };
    static constexpr std::size_t ways = 4;  // places for one address

    std::optional<std::uint64_t> key_of(std::string_view peer) const;
    Address& place_of(std::uint64_t key);

    friction::HashKey hash_key_;
    std::span<const http::IpNetwork> trusted_networks_;
    std::vector<Address> addresses_;
};

}  // namespace sluice::resource
