// Key rotation of session tickets: ticket keys derived one way from a seed and the time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"

namespace sluice::crypto {

/// Every shard has a copy of its own; copies that began with one seed and one time agree on every
/// key without a word. Each key's seed is a one-way function of the one before, which is erased:
/// who reads the memory later opens no ticket older than the keys that are kept.
class TlsTicketKeys {
public:
    static constexpr Duration period_default = std::chrono::hours{12};

    struct Key {
        std::array<char, 16> name{};  // goes with the ticket; says nothing of the key
        Secret secret;                // 32 bytes
    };

    /// seed    At least 256 bits of entropy.
    /// since   When the first key's time begins; the same for all copies.
    TlsTicketKeys(Secret seed, MonotonicTime since, Duration period = period_default);

    /// The key to seal with.
    const Key& current(MonotonicTime now);
    /// The key of that name, where it is the current one or one of the two before; else null.
    const Key* find(std::string_view name, MonotonicTime now);

private:
    void advance(MonotonicTime now);
    void step();

    Secret seed_;  // of keys_[0]
    MonotonicTime until_;
    Duration period_;
    std::array<Key, 3> keys_;  // the newest first
};

}  // namespace sluice::crypto
