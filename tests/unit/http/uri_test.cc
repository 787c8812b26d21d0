// URIs and HTTP URLs.
#include "http/uri.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(Uri, IsTakenApart) {
    const auto uri = parse_uri("https://user:pw@Example.com:8443/a/b?c=d#e");
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->scheme, "https");
    EXPECT_EQ(uri->userinfo, "user:pw");
    EXPECT_EQ(uri->host, "Example.com");
    EXPECT_EQ(uri->port, "8443");
    EXPECT_EQ(uri->path, "/a/b");
    EXPECT_EQ(uri->query, "c=d");
    EXPECT_EQ(uri->fragment, "e");
}

TEST(Uri, NeedsNoAuthority) {
    const auto uri = parse_uri("com.example.app:/callback");
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->scheme, "com.example.app");
    EXPECT_EQ(uri->host, std::nullopt);
    EXPECT_EQ(uri->path, "/callback");
    EXPECT_EQ(uri->query, std::nullopt);
}

TEST(Uri, TellsAnEmptyPartFromAnAbsentOne) {
    const auto uri = parse_uri("http://h:?#");
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->port, "");
    EXPECT_EQ(uri->query, "");
    EXPECT_EQ(uri->fragment, "");
    EXPECT_EQ(uri->userinfo, std::nullopt);
}

TEST(Uri, RefusesWhatIsNone) {
    for (const std::string_view text : {"",
                                        "a",
                                        "/a",
                                        "//h/a",
                                        "1a://h",
                                        "ht tp://h",
                                        "http://h/a b",
                                        "http://h\\a",
                                        "http://h/\x01",
                                        "http://h/\xc3\xa9",
                                        "http://h/%",
                                        "http://h/%4",
                                        "http://[::1",
                                        "http://[::1]x",
                                        "http://h:8a",
                                        "http://a@b@c/",
                                        "http://h/a#b#c",
                                        "http://h/<",
                                        "http://[x]/",
                                        ":a",
                                        "http://h/a\n"}) {
        EXPECT_FALSE(parse_uri(text)) << text;
    }
}

TEST(HttpUrl, IsNormalised) {
    const auto url = HttpUrl::parse("HTTP://Example.COM:80?q=1");
    ASSERT_TRUE(url);
    EXPECT_FALSE(url->secure());
    EXPECT_EQ(url->host(), "example.com");
    EXPECT_EQ(url->port(), 80);
    EXPECT_EQ(url->authority(), "example.com");
    EXPECT_EQ(url->origin(), "http://example.com");
    EXPECT_EQ(url->path(), "/");
    EXPECT_EQ(url->target(), "/?q=1");
}

TEST(HttpUrl, KeepsAPortOfItsOwn) {
    const auto url = HttpUrl::parse("https://[::1]:9000/mcp");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->secure());
    EXPECT_EQ(url->host(), "::1");
    EXPECT_EQ(url->authority(), "[::1]:9000");
    EXPECT_EQ(url->target(), "/mcp");
}

TEST(HttpUrl, RefusesOtherUris) {
    for (const std::string_view text :
         {"ftp://h/", "http://", "http:///a", "http://u@h/", "http://h/#f", "http://h:0/",
          "http://h:65536/", "mailto:a@b"}) {
        EXPECT_FALSE(HttpUrl::parse(text)) << text;
    }
}

TEST(PercentEncoding, RoundTrips) {
    std::string encoded;
    append_percent_encoded(encoded, "a b/\xc3\xa9~");
    EXPECT_EQ(encoded, "a%20b%2F%C3%A9~");
    std::string decoded;
    ASSERT_TRUE(append_percent_decoded(decoded, encoded));
    EXPECT_EQ(decoded, "a b/\xc3\xa9~");
    EXPECT_FALSE(append_percent_decoded(decoded, "%4"));
}

}  // namespace
}  // namespace sluice::http
