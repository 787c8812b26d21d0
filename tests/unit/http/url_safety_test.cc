// Which URLs of a configuration may be connected to; beside the recorded answers, which replay
// whole.
#include "http/url_safety.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

void expect_safe(std::string_view url, bool expected) {
    EXPECT_EQ(is_safe_url(url, true), expected) << url;
    EXPECT_EQ(is_safe_url(url, false), expected) << url;
}

void expect_safe_with_localhost_only(std::string_view url) {
    EXPECT_TRUE(is_safe_url(url, true)) << url;
    EXPECT_FALSE(is_safe_url(url, false)) << url;
}

TEST(UrlSafety, AllowsHttpsToNames) {
    expect_safe("https://auth.example.com/introspect", true);
    expect_safe("https://auth.example.com.:8443/introspect?x=1", true);
    expect_safe("https://xn--bcher-kva.example/", true);
}

TEST(UrlSafety, AllowsHttpToNeighboursOnly) {
    expect_safe("http://mcp-auth:8080/introspect", true);
    expect_safe("http://a.b.svc.cluster.local/", true);
    expect_safe("http://auth.example.com/", false);
    expect_safe("http://8.8.8.8/", false);
    expect_safe("http://.cluster.local/", false);
    expect_safe("http://a..cluster.local/", false);
}

// Over http a resolver's search list, or nothing at all, decides what such a name is.
TEST(UrlSafety, RefusesOverHttpNamesThatNoContainerNetworkGives) {
    for (const std::string_view url :
         {"http://mcp-auth./", "http://mcpauth.", "http://localhost./", "http://a.cluster.local.",
          "http://mcp--auth/", "http://app.localhost/", "http://127.0.0.1./"}) {
        expect_safe(url, false);
    }
    expect_safe("http://mcpauth", true);
    expect_safe("http://mcp-au-th", true);
    expect_safe("http://a--b.cluster.local/", true);
}

TEST(UrlSafety, RefusesEveryAddressButLoopback) {
    for (const std::string_view url :
         {"https://8.8.8.8/", "https://[2606:4700::1111]:443/", "https://8.8.8.8./"}) {
        expect_safe(url, false);
    }
}

TEST(UrlSafety, AllowsLocalhostWhereItIsWanted) {
    for (const std::string_view url :
         {"http://localhost:8000/x", "https://localhost./", "https://app.localhost/",
          "http://127.0.0.53/", "https://[::1]:8443/", "http://[::ffff:7f00:1]/"}) {
        expect_safe_with_localhost_only(url);
    }
}

TEST(UrlSafety, RefusesSpecialAddressesInEverySpelling) {
    expect_safe("https://example.com/", true);
    for (const std::string_view url : {"https://10.0.0.1/",
                                       "https://192.168.1.1./",
                                       "https://[fd00:ec2::254]/",
                                       "https://[::ffff:a9fe:a9fe]/",
                                       "https://[64:ff9b::10.0.0.1]/",
                                       "https://0/",
                                       "https://127.1/",
                                       "https://2130706433/",
                                       "https://017700000001/",
                                       "https://0x7f000001/",
                                       "https://0X7F.0.0.1/",
                                       "https://127.0.0.0x1/",
                                       "https://127.0.0.01/",
                                       "https://1.2.3.4.5/",
                                       "https://a.1/",
                                       "https://[::1%25lo]/",
                                       "https://[127.0.0.1]/",
                                       "https://::1/",
                                       "https://%31%30.0.0.1/",
                                       "https://\xef\xbc\x91.0.0.1/",
                                       "https://127\xe3\x80\x82"
                                       "0.0.1/"}) {
        expect_safe(url, false);
    }
}

TEST(UrlSafety, RefusesWhatIsNoUrl) {
    for (const std::string_view url :
         {"", "example.com", "//example.com/", "https:example.com", "https:/example.com",
          "https://:443/", "https://@/", "https://example.com:0/", "https://example.com:65536/",
          "https://example.com:x/", "https://exa mple.com/", " https://example.com/",
          "https://example.com/\n", "https://evil.com\\@example.com/",
          "https://b\xc3\xbc"
          "cher.example/",
          "ws://example.com/"}) {
        expect_safe(url, false);
    }
    expect_safe(std::string_view("https://example.com/\0", 21), false);
    expect_safe("https://" + std::string(64, 'a') + ".example/", false);
}

TEST(UrlSafety, JudgesTheHostBehindTheLastAtSign) {
    expect_safe("https://example.com@10.0.0.1/", false);
    expect_safe("https://10.0.0.1@example.com/", true);
    expect_safe("https://10.0.0.1#@example.com/", false);
    expect_safe("https://10.0.0.1?@example.com/", false);
}

TEST(PlainHost, HasOneSpelling) {
    for (const std::string_view host :
         {"example.com", "EXAMPLE.com", "a_b.example", "xn--bcher-kva.example", "localhost",
          "192.0.2.1", "[2001:db8::1]", "[::FFFF:127.0.0.1]"}) {
        EXPECT_TRUE(is_plain_host(host)) << host;
    }
    for (const std::string_view host :
         {"", "example.com.", "a..b", ".a", "127.1", "2130706433", "0x7f.0.0.1", "127.0.0.01",
          "%61.example", "a'b.example", "[::1%25lo]", "[127.0.0.1]", "::1", "[]", "[::1",
          "b\xc3\xbc"
          "cher.example"}) {
        EXPECT_FALSE(is_plain_host(host)) << host;
    }
}

}  // namespace
}  // namespace sluice::http
