#include "resource/tokens/invalid_token_limiter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::resource {
namespace {

using std::chrono::seconds;

struct StrangersTest : testing::Test {
    // How many of `count` tokens from `peer` were not too many.
    unsigned send(unsigned count, std::string_view peer) {
        unsigned fine = 0;
        for (unsigned i = 0; i < count; ++i) fine += strangers.count(peer, now).wait == Seconds{0};
        return fine;
    }

    SeededRandom random{7};
    InvalidTokenLimiter strangers{random};
    MonotonicTime now{seconds{1000}};
};

TEST_F(StrangersTest, AnAddressMaySendABurstAndThenSomeEachSecond) {
    EXPECT_EQ(send(1000, "192.0.2.1"), InvalidTokenLimiter::burst);
    now += seconds{1};
    EXPECT_EQ(send(1000, "192.0.2.1"), InvalidTokenLimiter::per_second);
    now += seconds{3600};
    EXPECT_EQ(send(1000, "192.0.2.1"), InvalidTokenLimiter::burst);
}

TEST_F(StrangersTest, WaitingAsToldHelps) {
    send(InvalidTokenLimiter::burst, "192.0.2.1");
    const Seconds wait = strangers.count("192.0.2.1", now).wait;
    EXPECT_EQ(wait, Seconds{1});
    now += wait;
    EXPECT_EQ(strangers.count("192.0.2.1", now).wait, Seconds{0});
}

TEST_F(StrangersTest, AddressesAreCountedApart) {
    send(1000, "192.0.2.1");
    EXPECT_EQ(send(1000, "192.0.2.2"), InvalidTokenLimiter::burst);
    EXPECT_EQ(send(1, "192.0.2.1"), 0u);
}

TEST_F(StrangersTest, ManyPeopleBehindAnAddressOfATrustedNetworkMaySendMore) {
    const std::vector<http::IpNetwork> networks{*http::IpNetwork::parse("160.79.104.0/21")};
    InvalidTokenLimiter limiter(random, networks);
    constexpr unsigned most = InvalidTokenLimiter::burst * InvalidTokenLimiter::shared_factor;
    unsigned fine = 0;
    for (unsigned i = 0; i < 2 * most; ++i) {
        fine += limiter.count("160.79.105.7", now).wait == Seconds{0};
    }
    EXPECT_EQ(fine, most);
    EXPECT_GT(limiter.count("160.79.105.7", now).wait, Seconds{0}) << "without end";
    for (unsigned i = 0; i < InvalidTokenLimiter::burst; ++i) limiter.count("160.79.112.1", now);
    EXPECT_GT(limiter.count("160.79.112.1", now).wait, Seconds{0}) << "of another network";
}

TEST_F(StrangersTest, OneHostsIpv6AddressesAreOne) {
    send(1000, "2001:db8:1:2::1");
    EXPECT_EQ(send(1, "2001:db8:1:2:ffff::2"), 0u);
    EXPECT_EQ(send(1, "2001:db8:1:3::1"), 1u);
}

TEST_F(StrangersTest, WhoHasNoAddressIsNeverTooMany) {
    EXPECT_EQ(send(1000, "unix"), 1000u);
    EXPECT_EQ(send(1000, ""), 1000u);
    EXPECT_EQ(send(1000, std::string(200, '1')), 1000u);
}

TEST_F(StrangersTest, WhoseAddressCouldNotBeToldAreOne) {
    EXPECT_LT(send(1000, "unknown"), 1000u);
}

TEST_F(StrangersTest, AFloodOfAddressesLeavesTheBusiestOneKnown) {
    send(1000, "192.0.2.1");
    for (unsigned i = 0; i < 100'000; ++i) {
        const std::string address = "10." + std::to_string(i >> 16) + "." +
                                    std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255);
        strangers.count(address, now);
    }
    EXPECT_EQ(send(1, "192.0.2.1"), 0u);
}

TEST_F(StrangersTest, TheBeginningOfAFloodIsToldOnce) {
    send(InvalidTokenLimiter::burst, "192.0.2.1");
    EXPECT_TRUE(strangers.count("192.0.2.1", now).begins);
    unsigned told = 0;
    for (int second = 0; second < 60; ++second) {
        now += seconds{1};
        for (int i = 0; i < 20; ++i) told += strangers.count("192.0.2.1", now).begins;
    }
    EXPECT_EQ(told, 0u);
    now += seconds{60};
    send(InvalidTokenLimiter::burst, "192.0.2.1");
    EXPECT_TRUE(strangers.count("192.0.2.1", now).begins);
}

}  // namespace
}  // namespace sluice::resource
