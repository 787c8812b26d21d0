#include "io/address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace sluice::io {
namespace {

TEST(Address, ReadsAndWritesEachKind) {
    for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:8080",
                             "[::]:1", "[2001:db8::7]:443", "unix:/run/sluice.sock"}) {
        const auto address = Address::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->text(), text);
    }
}

TEST(Address, TellsIpAndPort) {
    const auto v4 = Address::parse("192.0.2.7:81");
    EXPECT_EQ(v4->family(), AF_INET);
    EXPECT_EQ(v4->ip_text(), "192.0.2.7");
    EXPECT_EQ(v4->port(), 81);
    const auto v6 = Address::parse("[2001:db8::1]:82");
    EXPECT_EQ(v6->family(), AF_INET6);
    EXPECT_EQ(v6->ip_text(), "2001:db8::1");
    EXPECT_EQ(v6->port(), 82);
    const auto local = Address::parse("unix:/tmp/s");
    EXPECT_EQ(local->family(), AF_UNIX);
    EXPECT_EQ(local->ip_text(), "unix");
    EXPECT_EQ(local->port(), 0);
}

TEST(Address, ShowsAMappedAddressAsTheIpv4ItIs) {
    EXPECT_EQ(Address::parse("[::ffff:192.0.2.7]:80")->ip_text(), "192.0.2.7");
}

TEST(Address, RefusesWhatIsNoNumericAddress) {
    for (const char* text : {"",
                             ":",
                             ":80",
                             "127.0.0.1",
                             "127.0.0.1:",
                             "127.0.0.1:65536",
                             "127.0.0.1:-1",
                             "127.0.0.1: 80",
                             "127.0.0.1:8o",
                             "127.1:80",
                             "localhost:80",
                             "::1:80",
                             "[::1]",
                             "[::1:80",
                             "::1]:80",
                             "[127.0.0.1]:80",
                             "256.0.0.1:80",
                             "unix:",
                             "unix:relative",
                             "1.2.3.4 :80",
                             "127.0.0.1:99999999999999999999"}) {
        EXPECT_FALSE(Address::parse(text)) << text;
    }
}

TEST(Address, RefusesAnEmbeddedNul) {
    EXPECT_FALSE(Address::parse(std::string_view("127.0.0.1\0:80", 13)));
    EXPECT_FALSE(Address::parse(std::string_view("unix:/a\0b", 9)));
}

TEST(Address, TakesAUnixPathThatJustFits) {
    const std::size_t path_max = 107;  // sun_path holds 108 bytes with its NUL
    EXPECT_TRUE(Address::parse("unix:/" + std::string(path_max - 1, 'a')));
    EXPECT_FALSE(Address::parse("unix:/" + std::string(path_max, 'a')));
}

TEST(Address, ComparesByValue) {
    EXPECT_EQ(*Address::parse("127.0.0.1:80"), *Address::from_ip("127.0.0.1", 80));
    EXPECT_NE(*Address::parse("127.0.0.1:80"), *Address::parse("127.0.0.1:81"));
    EXPECT_NE(*Address::parse("127.0.0.1:80"), *Address::parse("127.0.0.2:80"));
    EXPECT_NE(*Address::parse("0.0.0.0:80"), *Address::parse("[::]:80"));
    EXPECT_EQ(Address{}, Address{});
}

TEST(Address, TakesWhatTheKernelGives) {
    const auto parsed = *Address::parse("[::1]:9");
    const Address copied = Address::from_native(parsed.native(), parsed.native_length());
    EXPECT_EQ(copied, parsed);
    EXPECT_EQ(copied.text(), "[::1]:9");
}

}  // namespace
}  // namespace sluice::io
