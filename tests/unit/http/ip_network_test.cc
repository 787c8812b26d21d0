#include "http/ip_network.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::http {
namespace {

io::Address address(std::string_view ip) {
    const auto parsed = io::Address::from_ip(ip, 1234);
    EXPECT_TRUE(parsed) << ip;
    return parsed.value_or(io::Address{});
}

TEST(IpNetwork, ContainsExactlyTheAddressesBelowItsPrefix) {
    const auto ten = IpNetwork::parse("10.0.0.0/8");
    ASSERT_TRUE(ten);
    EXPECT_TRUE(ten->contains(address("10.0.0.0")));
    EXPECT_TRUE(ten->contains(address("10.255.255.255")));
    EXPECT_FALSE(ten->contains(address("11.0.0.0")));
    EXPECT_FALSE(ten->contains(address("9.255.255.255")));

    const auto odd = IpNetwork::parse("160.79.104.0/21");
    ASSERT_TRUE(odd);
    EXPECT_TRUE(odd->contains(address("160.79.111.255")));
    EXPECT_FALSE(odd->contains(address("160.79.112.0")));

    const auto v6 = IpNetwork::parse("2001:db8::/33");
    ASSERT_TRUE(v6);
    EXPECT_TRUE(v6->contains(address("2001:db8:7fff::1")));
    EXPECT_FALSE(v6->contains(address("2001:db8:8000::1")));
}

TEST(IpNetwork, WithoutPrefixIsOneAddress) {
    const auto one = IpNetwork::parse("192.0.2.7");
    ASSERT_TRUE(one);
    EXPECT_TRUE(one->contains(address("192.0.2.7")));
    EXPECT_FALSE(one->contains(address("192.0.2.6")));
}

TEST(IpNetwork, KnowsAnIpv4AddressThatCameThroughAnIpv6Socket) {
    const auto ten = IpNetwork::parse("10.0.0.0/8");
    ASSERT_TRUE(ten);
    EXPECT_TRUE(ten->contains(address("::ffff:10.1.2.3")));
    EXPECT_FALSE(ten->contains(address("::10.1.2.3")));
}

TEST(IpNetwork, OfAllIpv4LeavesIpv6Out) {
    const auto all = IpNetwork::parse("0.0.0.0/0");
    ASSERT_TRUE(all);
    EXPECT_TRUE(all->contains(address("203.0.113.9")));
    EXPECT_FALSE(all->contains(address("2001:db8::1")));
}

TEST(IpNetwork, RefusesOtherForms) {
    for (const char* text :
         {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0/8", "/8", "::/129",
          "example.com", "10.0.0.0/8 ", "[::1]/128"}) {
        EXPECT_FALSE(IpNetwork::parse(text)) << text;
    }
}

TEST(IpNetwork, ContainsAPeerAsRequestsNameIt) {
    const std::vector<IpNetwork> networks{*IpNetwork::parse("160.79.104.0/21"),
                                          *IpNetwork::parse("2001:db8::/32")};
    for (const char* inside : {"160.79.104.1", "160.79.111.255", "::ffff:160.79.105.2",
                               "2001:db8:ffff::1", "2001:db8::1%eth0"}) {
        EXPECT_TRUE(contain(networks, inside)) << inside;
    }
    for (const char* outside : {"160.79.112.0", "2001:db9::", "unix", "", "160.79.104.1:80",
                                "[2001:db8::1]", "160.79.104.1, 160.79.104.1"}) {
        EXPECT_FALSE(contain(networks, outside)) << outside;
    }
    EXPECT_FALSE(contain({}, "160.79.104.1"));
}

}  // namespace
}  // namespace sluice::http
