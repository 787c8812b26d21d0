#include "oauth/limits/login_throttle.h"

#include <algorithm>
#include <string>

namespace sluice::oauth {
namespace {

constexpr ThrottleRule account_and_address_rule{};
// Held, but never refused: neither an account nor an address of many people is locked out by
// somebody's guesses.
constexpr std::uint32_t without_end = 1'000'000'000;
constexpr ThrottleRule account_rule{.slowed = without_end};
constexpr ThrottleRule address_rule{.free = 10, .slowed = without_end};

std::string key_of(std::string_view account, std::string_view address) {
    return std::string(account).append("\n").append(address);
}

}  // namespace

LoginThrottle::LoginThrottle(std::uint64_t hash_seed)
    : by_account_and_address_(account_and_address_rule, hash_seed),
      by_account_(account_rule, hash_seed),
      by_address_(address_rule, hash_seed) {}

Attempt LoginThrottle::begin_at_address(std::string_view address, MonotonicTime now,
                                        unsigned people) {
    return by_address_.begin(address, now, people);
}

Attempt LoginThrottle::begin_at_account(std::string_view account, std::string_view address,
                                        MonotonicTime now) {
    const Attempt here = by_account_and_address_.begin(key_of(account, address), now);
    if (here.retry_after > Seconds{0}) return here;
    return stricter(here, by_account_.begin(account, now));
}

void LoginThrottle::succeed_at_account(std::string_view account, std::string_view address) {
    by_account_and_address_.forget(key_of(account, address));
    by_account_.forget(account);
}

void LoginThrottle::succeed_at_address(std::string_view address, MonotonicTime now) {
    by_address_.take_back(address, now);
}

void LoginThrottle::expire(MonotonicTime now) {
    by_account_and_address_.expire(now);
    by_account_.expire(now);
    by_address_.expire(now);
}

Attempt stricter(const Attempt& a, const Attempt& b) {
    return {std::max(a.hold, b.hold), std::max(a.retry_after, b.retry_after)};
}

}  // namespace sluice::oauth
