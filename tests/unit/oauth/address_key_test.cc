#include "oauth/limits/address_key.h"

#include <gtest/gtest.h>

namespace sluice::oauth {
namespace {

TEST(AddressKey, AnIpv4AddressIsItself) {
    EXPECT_EQ(address_key("192.0.2.1"), "192.0.2.1");
    EXPECT_NE(address_key("192.0.2.1"), address_key("192.0.2.2"));
    EXPECT_EQ(address_key("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(AddressKey, AnIpv6AddressIsItsNetworkOf64Bits) {
    EXPECT_EQ(address_key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(address_key("2001:db8:1:2::9"), address_key("2001:DB8:1:2:ffff::"));
    EXPECT_NE(address_key("2001:db8:1:2::9"), address_key("2001:db8:1:3::9"));
    EXPECT_EQ(address_key("fe80::1%eth0"), "fe80::/64");
}

TEST(AddressKey, WhatIsNoAddressIsItself) {
    for (const char* text : {"unix", "", "2001:db8::x", "1.2.3"}) {
        EXPECT_EQ(address_key(text), text);
    }
}

}  // namespace
}  // namespace sluice::oauth
