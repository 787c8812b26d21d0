// Brute-force protection (lockout) of sign-ins: whoever guesses is slowed down, then refused.
#pragma once

#include <cstdint>
#include <string_view>

#include "oauth/limits/attempt_throttle.h"

namespace sluice::oauth {

/// Counts attempts by account and address together, by account, and by address. Another address of
/// the same account is another matter: guesses do not lock the account's owner out. Belongs to one
/// shard; where accounts and addresses have owner shards, each is asked about its own part.
class LoginThrottle {
public:
    explicit LoginThrottle(std::uint64_t hash_seed);

    // One attempt, counted before it is known whether it succeeds.
    // people  Behind the address.
    Attempt begin_at_address(std::string_view address, MonotonicTime now, unsigned people = 1);
    Attempt begin_at_account(std::string_view account, std::string_view address, MonotonicTime now);

    // It succeeded. The account's counts start anew; the address gets this attempt back alone,
    // since others behind it may be guessing still.
    void succeed_at_account(std::string_view account, std::string_view address);
    void succeed_at_address(std::string_view address, MonotonicTime now);

    /// Forgets a bounded part of what is old.
    void expire(MonotonicTime now);

private:
    AttemptThrottle by_account_and_address_;
    // Only ever held, never refused.
    AttemptThrottle by_account_;
    AttemptThrottle by_address_;
};

/// The stricter of two.
Attempt stricter(const Attempt& a, const Attempt& b);

}  // namespace sluice::oauth
