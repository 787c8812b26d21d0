#include "server/trusted_proxies.h"

#include <gtest/gtest.h>

#include "http/request_builder.h"

namespace sluice::server {
namespace {

/// The client of a request from `peer` with one field, where 10.0.0.0/8 and 2001:db8::/32 are
/// believed.
std::string client(std::string_view peer, std::string_view name, std::string_view value) {
    const TrustedProxies proxies(
        {*http::IpNetwork::parse("10.0.0.0/8"), *http::IpNetwork::parse("2001:db8::/32")}, false);
    http::RequestBuilder builder(http::Method::get, "/");
    builder.field("Host", "a").field(name, value);
    const http::Request& request = builder.request();
    const auto address = *io::Address::from_ip(peer, 1234);
    return std::string(proxies.client_of(address, peer, request));
}

TEST(TrustedProxies, BelieveNobodyElse) {
    EXPECT_EQ(client("192.0.2.9", "X-Forwarded-For", "203.0.113.7"), "192.0.2.9");
    EXPECT_EQ(client("10.1.2.3", "X-Forwarded-For", "203.0.113.7"), "203.0.113.7");
}

TEST(TrustedProxies, AreBelievedOnAUnixSocketOnlyWhereItIsNamed) {
    http::RequestBuilder builder(http::Method::get, "/");
    builder.field("Host", "a").field("X-Forwarded-For", "203.0.113.7");
    const auto peer = *io::Address::parse("unix:/run/s");
    const std::vector<http::IpNetwork> everybody = {*http::IpNetwork::parse("0.0.0.0/0"),
                                                    *http::IpNetwork::parse("::/0")};
    EXPECT_EQ(TrustedProxies(everybody, false).client_of(peer, "unix", builder.request()), "unix");
    EXPECT_EQ(TrustedProxies({}, true).client_of(peer, "unix", builder.request()), "203.0.113.7");
    EXPECT_FALSE(TrustedProxies({}, true).empty());
    EXPECT_TRUE(TrustedProxies({}, false).empty());
}

TEST(TrustedProxies, TakeTheLastAddressThatIsNoProxy) {
    EXPECT_EQ(client("10.1.2.3", "X-Forwarded-For", "1.1.1.1, 203.0.113.7, 10.9.9.9"),
              "203.0.113.7");
}

TEST(TrustedProxies, AreTheClientWhereEverybodyIsTrusted) {
    EXPECT_EQ(client("10.1.2.3", "X-Forwarded-For", "10.0.0.5,10.0.0.6"), "10.0.0.5");
}

TEST(TrustedProxies, ReadForwardedWithPortsBracketsAndQuotes) {
    EXPECT_EQ(client("10.1.2.3", "Forwarded", R"(for="[2001:db9::17]:4711";proto=https)"),
              "2001:db9::17");
    EXPECT_EQ(client("10.1.2.3", "Forwarded", "for=192.0.2.60:80;by=10.0.0.1, For=10.0.0.2"),
              "192.0.2.60");
}

TEST(TrustedProxies, PreferXForwardedForToAForwardedThatAClientMayHaveSent) {
    const TrustedProxies proxies({*http::IpNetwork::parse("10.0.0.0/8")}, false);
    http::RequestBuilder builder(http::Method::get, "/");
    builder.field("Host", "a").field("Forwarded", "for=198.51.100.1");
    builder.field("X-Forwarded-For", "203.0.113.7");
    EXPECT_EQ(
        proxies.client_of(*io::Address::from_ip("10.0.0.1", 1), "10.0.0.1", builder.request()),
        "203.0.113.7");
}

TEST(TrustedProxies, StopAtWhatIsNoAddress) {
    EXPECT_EQ(client("10.1.2.3", "X-Forwarded-For", "203.0.113.7, unknown, 10.0.0.9"), "10.0.0.9");
    EXPECT_EQ(client("10.1.2.3", "X-Forwarded-For", "<script>"), "10.1.2.3");
}

}  // namespace
}  // namespace sluice::server
