// The parts of a URL's text (RFC 3986 appendix B).
#include "http/url_split.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(UrlSplit, CutsTheExampleOfRfc3986AppendixB) {
    const UrlParts parts = split_url("http://www.ics.uci.edu/pub/ietf/uri/#Related");
    EXPECT_EQ(parts.scheme, "http");
    EXPECT_EQ(parts.authority, "www.ics.uci.edu");
    EXPECT_EQ(parts.path, "/pub/ietf/uri/");
    EXPECT_EQ(parts.query, std::nullopt);
    EXPECT_EQ(parts.fragment, "Related");
}

TEST(UrlSplit, EndsTheAuthorityAtPathQueryOrFragment) {
    EXPECT_EQ(split_url("https://h?x").authority, "h");
    EXPECT_EQ(split_url("https://h?x").query, "x");
    EXPECT_EQ(split_url("https://h#x").authority, "h");
    EXPECT_EQ(split_url("https://h/#a?b").query, std::nullopt);
    EXPECT_EQ(split_url("https://evil#@good/").authority, "evil");
    EXPECT_EQ(split_url("https://evil?@good/").authority, "evil");
}

TEST(UrlSplit, TellsAnEmptyPartFromNone) {
    EXPECT_EQ(split_url("https://h/?#").query, "");
    EXPECT_EQ(split_url("https://h/?#").fragment, "");
    EXPECT_EQ(split_url("https:///p").authority, "");
    EXPECT_EQ(split_url("https:/p").authority, std::nullopt);
    EXPECT_EQ(split_url("").path, "");
}

TEST(UrlSplit, TakesOnlyASchemeForAScheme) {
    EXPECT_EQ(split_url("urn:a:b").scheme, "urn");
    EXPECT_EQ(split_url("urn:a:b").path, "a:b");
    EXPECT_EQ(split_url("com.example.app+x-1:/cb").scheme, "com.example.app+x-1");
    EXPECT_EQ(split_url("1a:b").scheme, "");
    EXPECT_EQ(split_url("1a:b").path, "1a:b");
    EXPECT_EQ(split_url(":b").scheme, "");
    EXPECT_EQ(split_url("a/b:c").scheme, "");
}

TEST(AuthoritySplit, TakesTheLastAtSignAndTheColonBehindTheHost) {
    const AuthorityParts parts = split_authority("u:p@x@host:8443");
    EXPECT_EQ(parts.userinfo, "u:p@x");
    EXPECT_EQ(parts.host, "host");
    EXPECT_EQ(parts.port, "8443");
    EXPECT_EQ(split_authority("host").port, std::nullopt);
    EXPECT_EQ(split_authority("host:").port, "");
    EXPECT_EQ(split_authority("@host").userinfo, "");
}

TEST(AuthoritySplit, KeepsTheColonsOfAnAddressInBrackets) {
    EXPECT_EQ(split_authority("[::1]").host, "[::1]");
    EXPECT_EQ(split_authority("[::1]").port, std::nullopt);
    EXPECT_EQ(split_authority("[::1]:80").host, "[::1]");
    EXPECT_EQ(split_authority("[::1]:80").port, "80");
    EXPECT_EQ(split_authority("[::1").host, "[");
}

}  // namespace
}  // namespace sluice::http
