#include "oauth/clients/redirect_uri.h"

#include <gtest/gtest.h>

namespace sluice::oauth {
namespace {

TEST(RedirectUri, MatchesItsOwnTextAndNothingNearIt) {
    EXPECT_TRUE(redirect_uri_matches("https://a.example/cb", "https://a.example/cb"));
    for (const char* near :
         {"https://a.example/cb/", "https://a.example/cb?", "https://A.example/cb",
          "https://a.example:443/cb", "https://a.example/%63b", ""}) {
        EXPECT_FALSE(redirect_uri_matches("https://a.example/cb", near)) << near;
    }
}

TEST(RedirectUri, ThePortOfALoopbackUriDoesNotCount) {
    for (const char* host : {"127.0.0.1", "[::1]", "localhost"}) {
        const std::string base = std::string("http://") + host;
        EXPECT_TRUE(redirect_uri_matches(base + "/cb", base + ":49152/cb"));
        EXPECT_TRUE(redirect_uri_matches(base + ":1/cb", base + ":2/cb"));
        EXPECT_TRUE(redirect_uri_matches(base + ":1/cb", base + "/cb"));
        EXPECT_TRUE(redirect_uri_matches(base, base + ":5"));
        EXPECT_FALSE(redirect_uri_matches(base + "/cb", base + ":0/cb"));
        EXPECT_FALSE(redirect_uri_matches(base + "/cb", base + ":65536/cb"));
        EXPECT_FALSE(redirect_uri_matches(base + "/cb", base + ":49152/cb2"));
        EXPECT_FALSE(redirect_uri_matches(base + "/cb", base + ":49152/cb?x"));
        EXPECT_FALSE(redirect_uri_matches(base + "/cb", base + ":49152@evil.example/cb"));
        EXPECT_FALSE(redirect_uri_matches(base + "/cb", base + ".evil.example/cb"));
    }
    EXPECT_FALSE(redirect_uri_matches("http://localhost/cb", "http://127.0.0.1/cb"));
    EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/cb", "https://127.0.0.1/cb"));
    EXPECT_FALSE(redirect_uri_matches("https://localhost:1/cb", "https://localhost:2/cb"));
    EXPECT_FALSE(redirect_uri_matches("http://127.0.0.2:1/cb", "http://127.0.0.2:2/cb"));
}

TEST(RedirectUri, AHostHasOneSpelling) {
    for (const char* uri : {"https://app.example/cb", "https://APP.example:8443/cb",
                            "https://192.0.2.1/cb", "https://[2001:db8::1]/cb"}) {
        EXPECT_EQ(redirect_uri_fault(uri), std::nullopt) << uri;
    }
    for (const char* uri :
         {"https://app.example./cb", "https://app..example/cb", "https://127.1/cb",
          "https://2130706433/cb", "https://0x7f.0.0.1/cb", "https://%61pp.example/cb",
          "https://app.example%2eevil.example/cb", "https://app'.example/cb"}) {
        EXPECT_NE(redirect_uri_fault(uri), std::nullopt) << uri;
    }
}

TEST(RedirectUri, WhatAPersonIsToldOfTheDestination) {
    EXPECT_EQ(redirect_destination("https://app.example/cb?x=1"), "app.example");
    EXPECT_EQ(redirect_destination("https://app.example:8443/cb"), "app.example:8443");
    EXPECT_EQ(redirect_destination("http://[::1]:7777/cb"), "[::1]:7777");
    EXPECT_EQ(redirect_destination("cursor://anysphere/cb"), "cursor:");
    EXPECT_EQ(redirect_destination("com.example.app:/cb"), "com.example.app:");
    EXPECT_EQ(redirect_destination("HTTPS://app.example/cb"), "app.example");
}

TEST(RedirectUri, OnlyHttpsIsAnsweredByOneHolderAlone) {
    EXPECT_TRUE(is_https_redirect("https://app.example/cb"));
    EXPECT_TRUE(is_https_redirect("HTTPS://app.example/cb"));
    for (const char* uri : {"http://127.0.0.1:1/cb", "http://localhost/cb", "cursor://cb",
                            "https.app:/cb", "no uri"}) {
        EXPECT_FALSE(is_https_redirect(uri)) << uri;
    }
}

TEST(RedirectUri, WithoutItsPortALoopbackUriIsTheSameEachTime) {
    EXPECT_EQ(without_loopback_port("http://localhost:49152/cb?x"), "http://localhost/cb?x");
    EXPECT_EQ(without_loopback_port("https://app.example:8443/cb"), "https://app.example:8443/cb");
}

}  // namespace
}  // namespace sluice::oauth
