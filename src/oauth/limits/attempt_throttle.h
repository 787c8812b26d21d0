// Brute-force protection (lockout): slows down guesses of a password or a client's secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "storage/expiring_map.h"
#include "storage/text_hash.h"

namespace sluice::oauth {

struct ThrottleRule {
    std::uint32_t free = 3;    // attempts that cost nothing
    std::uint32_t slowed = 7;  // the next ones are held, each twice as long as the one before
    Duration longest_hold = std::chrono::seconds{2};
    Duration pause = std::chrono::minutes{1};    // after all these, one attempt in this time
    Duration memory = std::chrono::minutes{15};  // attempts are forgotten after so long a silence
};

struct Attempt {
    Duration hold{};         // wait so long before looking at what was sent
    Seconds retry_after{0};  // above zero: refuse, without looking
};

/// Attempts are counted before it is known whether they succeed, so that guesses sent at the same
/// time are slowed as well; one that succeeds is taken back. Belongs to one shard, bounded.
class AttemptThrottle {
public:
    static constexpr std::size_t keys_max = 50'000;

    AttemptThrottle(const ThrottleRule& rule, std::uint64_t hash_seed)
        : rule_(rule), attempts_(rule.memory, keys_max, storage::TextHash{hash_seed}) {}

    /// people  That the key stands for: so many times more attempts cost nothing, each time for
    /// that key.
    Attempt begin(std::string_view key, MonotonicTime now, unsigned people = 1);
    /// It succeeded: as if this one had not been.
    void take_back(std::string_view key, MonotonicTime now);
    /// It succeeded, and so clears everything before it.
    void forget(std::string_view key) { attempts_.erase(key); }

    void expire(MonotonicTime now) { attempts_.expire(now, 64); }

private:
    // Zero: not paused.
    Seconds pause_left(std::string_view key, MonotonicTime now, std::uint32_t free);

    struct Count {
        std::uint32_t attempts = 0;
        MonotonicTime last{};
    };

    ThrottleRule rule_;
    storage::ExpiringMap<std::string, Count, storage::TextHash> attempts_;
};

}  // namespace sluice::oauth
