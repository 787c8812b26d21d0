// How far IP addresses reach: no special use is taken for the public Internet, in any spelling.
#include "http/address_scope.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/random.h"

namespace sluice::http {
namespace {

TEST(AddressScope, OfPublicAddressesIsGlobal) {
    for (const std::string_view text :
         {"8.8.8.8",         "1.1.1.1",        "9.255.255.255",   "11.0.0.0",
          "100.63.255.255",  "100.128.0.0",    "126.255.255.255", "128.0.0.0",
          "169.253.255.255", "172.15.255.255", "172.32.0.0",      "192.167.255.255",
          "192.169.0.0",     "198.17.255.255", "198.20.0.0",      "223.255.255.255",
          "2606:4700::1111", "2a00:1450::1",   "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
          "2002:808:808::1"}) {
        EXPECT_EQ(address_scope(text), AddressScope::global) << text;
    }
}

TEST(AddressScope, OfThisHostIsLoopback) {
    for (const std::string_view text : {"127.0.0.1", "127.0.0.0", "127.255.255.255", "::1",
                                        "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::FFFF:7f00:1"}) {
        EXPECT_EQ(address_scope(text), AddressScope::loopback) << text;
    }
}

TEST(AddressScope, OfSpecialUseIsSpecial) {
    for (const std::string_view text : {"0.0.0.0",
                                        "0.1.2.3",
                                        "10.0.0.1",
                                        "10.255.255.255",
                                        "100.64.0.1",
                                        "100.127.255.255",
                                        "169.254.169.254",
                                        "172.16.0.1",
                                        "172.31.255.255",
                                        "192.0.0.8",
                                        "192.0.2.1",
                                        "192.88.99.1",
                                        "192.168.0.1",
                                        "198.18.0.1",
                                        "198.19.255.255",
                                        "198.51.100.7",
                                        "203.0.113.9",
                                        "224.0.0.1",
                                        "239.255.255.255",
                                        "240.0.0.1",
                                        "255.255.255.255",
                                        "::",
                                        "::2",
                                        "::127.0.0.1",
                                        "::8.8.8.8",
                                        "::ffff:10.0.0.1",
                                        "::ffff:0:127.0.0.1",
                                        "64:ff9b::127.0.0.1",
                                        "64:ff9b::10.0.0.1",
                                        "64:ff9b:1::8.8.8.8",
                                        "100::1",
                                        "2001::1",
                                        "2001:db8::1",
                                        "2001:1ff::1",
                                        "2002:7f00:1::",
                                        "2002:a00:1::1",
                                        "3fff::1",
                                        "4000::1",
                                        "5f00::1",
                                        "fc00::1",
                                        "fd00:ec2::254",
                                        "fe80::1",
                                        "fec0::1",
                                        "ff02::1"}) {
        EXPECT_EQ(address_scope(text), AddressScope::special) << text;
    }
}

TEST(AddressScope, TakesUsualSpellingsOnly) {
    ASSERT_TRUE(address_scope("127.0.0.1"));
    for (const std::string_view text :
         {"", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
          "127.0.0.01", "127.0.0.256", "127.0.0.1.", " 127.0.0.1", "127.0.0.1 ", "[::1]", "::1%lo",
          "::1%1", "1::2::3", "localhost", "1.2.3.4.5", "::ffff:127.1"}) {
        EXPECT_FALSE(address_scope(text)) << text;
    }
    EXPECT_FALSE(address_scope(std::string_view("8.8.8.8\0.evil", 13)));
}

TEST(AddressScope, SeesAnIpv4AddressThroughItsMappedForm) {
    SeededRandom random(4291);
    std::size_t global = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::array<std::uint8_t, 16> bytes{};
        bytes[10] = bytes[11] = 0xff;
        random.fill(std::as_writable_bytes(std::span(bytes).last<4>()));
        const std::span<const std::uint8_t, 16> mapped(bytes);
        ASSERT_EQ(address_scope(mapped), address_scope(mapped.last<4>()));
        char text[INET6_ADDRSTRLEN];
        ASSERT_TRUE(inet_ntop(AF_INET6, bytes.data(), text, sizeof text));
        ASSERT_EQ(address_scope(std::string_view(text)), address_scope(mapped));
        global += address_scope(mapped) == AddressScope::global ? 1 : 0;
    }
    EXPECT_GT(global, 15'000U);
    EXPECT_LT(global, 20'000U);
}

}  // namespace
}  // namespace sluice::http
