// Wrong passwords: whom they slow and whom they lock out.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class LoginLimits : public testing::Test {
protected:
    Answer log_in(std::string_view address, std::string_view secret,
                  std::string_view username = "alice") {
        Browser browser(servers);
        browser.address = address;
        const Answer page = browser.get(query);
        return browser.submit(page, query,
                              {{"action", "login"},
                               {"username", std::string(username)},
                               {"password", std::string(secret)}});
    }
    /// The status of the last of twelve wrong passwords.
    int guess_from(std::string_view address) {
        int status = 0;
        for (int i = 0; i < 12; ++i) status = log_in(address, "wrong").status();
        return status;
    }

    /// How long the login of log_in() is held.
    Duration hold_of(std::string_view address, std::string_view secret) {
        const MonotonicTime before = servers.clock.monotonic();
        log_in(address, secret);
        return servers.clock.monotonic() - before;
    }
    static constexpr Duration not_held = std::chrono::milliseconds{200};

    Servers servers{test_settings(), 2};
    std::string query = encode(authorization_request());
};

TEST_F(LoginLimits, GuessesFromElsewhereDelayTheRightPersonButDoNotLockThemOut) {
    EXPECT_EQ(guess_from("198.51.100.1"), 429);
    EXPECT_EQ(log_in("198.51.100.1", password).status(), 429);
    const MonotonicTime before = servers.clock.monotonic();
    EXPECT_EQ(log_in("192.0.2.1", password).status(), 303);
    EXPECT_LT(servers.clock.monotonic() - before, std::chrono::seconds{4});
}

TEST_F(LoginLimits, GuessesFromManyAddressesAreHeldAndNeverRefusedElsewhere) {
    for (int i = 0; i < 30; ++i) log_in("198.51.100." + std::to_string(i), "wrong");
    const MonotonicTime before = servers.clock.monotonic();
    EXPECT_EQ(log_in("192.0.2.1", "wrong").status(), 403);
    EXPECT_GE(servers.clock.monotonic() - before, std::chrono::seconds{2});
    EXPECT_EQ(log_in("192.0.2.1", password).status(), 303);
}

TEST_F(LoginLimits, AGoodLoginClearsTheAccountsFailuresFromItsAddress) {
    for (int i = 0; i < 4; ++i) log_in("192.0.2.1", "wrong");
    EXPECT_GT(hold_of("192.0.2.1", password), not_held);
    EXPECT_LT(hold_of("192.0.2.1", "wrong"), not_held);
}

TEST_F(LoginLimits, AGoodLoginClearsTheAccountsFailuresFromEverywhere) {
    for (int i = 0; i < 4; ++i) log_in("198.51.100." + std::to_string(i), "wrong");
    EXPECT_GT(hold_of("192.0.2.1", password), not_held);
    EXPECT_LT(hold_of("192.0.2.2", "wrong"), not_held);
}

TEST_F(LoginLimits, GoodLoginsOfManyPeopleBehindOneAddressAreNotSlowed) {
    for (int i = 0; i < 11; ++i) EXPECT_LT(hold_of("192.0.2.1", password), not_held) << i;
}

TEST_F(LoginLimits, AGoodLoginDoesNotClearTheFailuresOfOthersBehindItsAddress) {
    for (int i = 0; i < 10; ++i) log_in("192.0.2.1", "wrong", "user-" + std::to_string(i));
    EXPECT_GT(hold_of("192.0.2.1", password), not_held);
    EXPECT_GT(hold_of("192.0.2.1", password), not_held);
}

TEST_F(LoginLimits, GuessesAtOthersBehindAnAddressHoldTheRightPersonAndDoNotLockThemOut) {
    for (int i = 0; i < 60; ++i) log_in("192.0.2.1", "wrong", "user-" + std::to_string(i));
    const MonotonicTime before = servers.clock.monotonic();
    EXPECT_EQ(log_in("192.0.2.1", password).status(), 303);
    EXPECT_LT(servers.clock.monotonic() - before, std::chrono::seconds{4});
}

TEST_F(LoginLimits, AllAddressesOfOneIpv6NetworkAreOneGuesser) {
    EXPECT_EQ(guess_from("2001:db8:0:1::1"), 429);
    EXPECT_EQ(log_in("2001:db8:0:1:ffff::2", password).status(), 429);
    EXPECT_EQ(log_in("2001:db8:0:2::1", password).status(), 303);
}

}  // namespace
}  // namespace sluice::oauth_test
