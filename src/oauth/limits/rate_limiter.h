// Rate limiter: a sliding window for each key, on the key's owner shard.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "oauth/limits/sliding_window.h"
#include "storage/expiring_map.h"
#include "storage/text_hash.h"

namespace sluice::oauth {

/// Bounded: with more keys than `keys_max` at once, the longest unused are counted anew.
class RateLimiter {
public:
    static constexpr std::size_t keys_max = 50'000;

    RateLimiter(const RateLimit& limit, std::uint64_t hash_seed)
        : limit_(limit), windows_(2 * limit.window, keys_max, storage::TextHash{hash_seed}) {}

    /// How long `key` has to wait; zero: it may go on, and that was counted.
    /// people  That the key stands for: the limit is so many times wider, each time for that key.
    Seconds admit(std::string_view key, MonotonicTime now, unsigned people = 1) {
        SlidingWindow* window = windows_.find(key, now);
        if (window == nullptr) {
            window = &windows_.put(std::string(key), {}, now);
        } else {
            windows_.renew(key, now);  // a key in use never starts afresh
        }
        return window->admit(limit_.for_people(people), now);
    }

    void expire(MonotonicTime now) { windows_.expire(now, 64); }

private:
    RateLimit limit_;
    storage::ExpiringMap<std::string, SlidingWindow, storage::TextHash> windows_;
};

}  // namespace sluice::oauth
