// Which hosts are answered.
#include "http/host_rule.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(HostRule, AllowsLocalhostLoopbackAndItsNames) {
    const HostRule rule({"Admin.Example.com", "10.0.0.7"});
    for (const std::string_view authority :
         {"localhost", "LOCALHOST:9090", "127.0.0.1:1", "127.9.9.9", "[::1]:9090",
          "admin.example.com", "ADMIN.example.COM:443", "10.0.0.7:9090"}) {
        EXPECT_TRUE(rule.allows(authority)) << authority;
    }
}

TEST(HostRule, RefusesWhatCouldBeRebound) {
    const HostRule rule({"admin.example.com", ""});
    for (const std::string_view authority :
         {"", "evil.example", "evil.example:9090", "127.0.0.1.evil.example",
          "localhost.evil.example", "localhost.", "admin.example.com.", "app.localhost", "10.0.0.7",
          "[::2]", "127.1", "0x7f.0.0.1", "2130706433", "a@localhost", "[127.0.0.1]", "::1",
          "localhost:x", "xn--lcalhost-m9a"}) {
        EXPECT_FALSE(rule.allows(authority)) << authority;
    }
}

TEST(HostRule, TakesAnyAddressWhereItIsTold) {
    const HostRule rule({}, HostRule::Addresses::all);
    EXPECT_TRUE(rule.allows("192.0.2.9:9090"));
    EXPECT_TRUE(rule.allows("[2001:db8::1]"));
    EXPECT_FALSE(rule.allows("evil.example"));
    EXPECT_FALSE(rule.allows("192.0.2.09"));
}

TEST(HostRule, KnowsItsNames) {
    const HostRule rule({"admin.example.com"});
    EXPECT_TRUE(rule.names("admin.example.com:8443"));
    EXPECT_FALSE(rule.names("localhost"));
}

}  // namespace
}  // namespace sluice::http
