// Request targets: one normal form for every path, or none.
#include "http/target.h"

#include <gtest/gtest.h>

#include "tests/unit/http/parse_support.h"

namespace sluice::http {
namespace {

// The path that handlers see; "error N" where the target is refused.
std::string path_of(std::string_view target, std::string_view method = "GET") {
    RequestParser parser;
    parser.append(fmt::format("{} {} HTTP/1.1\r\nHost: h\r\n\r\n", method, target));
    const auto progress = parser.advance();
    if (!progress) return fmt::format("error {}", code(progress.error().status));
    EXPECT_EQ(parser.request().target(), target);
    return std::string(parser.request().path());
}

TEST(TargetPath, IsKeptWhereItIsNormal) {
    for (const std::string_view path :
         {"/", "/a", "/a/", "/a/b.c", "/.well-known/x", "/a:b@c", "/a;b=c,d", "/...", "/.a", "/a.",
          "/~x", "/a!$&'()*+", "/%C3%A9"}) {
        EXPECT_EQ(path_of(path), path);
    }
}

TEST(TargetPath, HasUnreservedCharactersDecoded) {
    EXPECT_EQ(path_of("/%61%2D%7e%5F%2e%30"), "/a-~_.0");
    EXPECT_EQ(path_of("/%2ewell-known"), "/.well-known");
    EXPECT_EQ(path_of("/%74oken"), "/token");
}

TEST(TargetPath, KeepsOtherEscapesInUpperCase) {
    EXPECT_EQ(path_of("/%c3%a9%20%3f%23%25"), "/%C3%A9%20%3F%23%25");
    EXPECT_EQ(path_of("/%252e%252e/x"), "/%252e%252e/x");
}

TEST(TargetPath, HasNoDotSegments) {
    for (const std::string_view path : {"/..", "/.", "/../..", "/a/../b", "/a/./b", "/a/..", "/./a",
                                        "/%2e%2e/", "/%2e", "/.%2E/a", "/a/%2e%2E"}) {
        EXPECT_EQ(path_of(path), "error 400") << path;
    }
}

TEST(TargetPath, HasNoEmptySegmentButTheLast) {
    for (const std::string_view path : {"//", "//evil.example/", "/a//b", "/a//"}) {
        EXPECT_EQ(path_of(path), "error 400") << path;
    }
}

TEST(TargetPath, HidesNoSeparatorAndNoControl) {
    for (const std::string_view path :
         {"/a%00b", "/a%2fb", "/a%2Fb", "/a%5cb", "/a%0d%0ab", "/a%1f", "/a%7f", "/a\\b"}) {
        EXPECT_EQ(path_of(path), "error 400") << path;
    }
}

TEST(TargetPath, RefusesBrokenEscapes) {
    for (const std::string_view path : {"/%", "/%4", "/%zz", "/%4g", "/a%", "/%%41"}) {
        EXPECT_EQ(path_of(path), "error 400") << path;
    }
}

TEST(TargetPath, RefusesWhatMustBeEscaped) {
    for (const std::string_view path :
         {"/a#frag", "/#", "/\"", "/<a>", "/{a}", "/a|b", "/a^b", "/`", "/\xc3\xa9", "/[a]"}) {
        EXPECT_EQ(path_of(path), "error 400") << path;
    }
}

TEST(TargetQuery, IsSplitAtTheFirstQuestionMark) {
    RequestParser parser;
    parser.append("GET /a?b=/../c?d={e}|%zz HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().path(), "/a");
    EXPECT_EQ(parser.request().query(), "b=/../c?d={e}|%zz");
    EXPECT_EQ(path_of("/a?b#c"), "error 400");
    EXPECT_EQ(path_of("/a?\xff"), "error 400");
}

TEST(TargetForm, MayBeAnAbsoluteUri) {
    EXPECT_EQ(path_of("http://h/a?b"), "/a");
    EXPECT_EQ(path_of("HTTPS://H/"), "/");
    EXPECT_EQ(path_of("http://h"), "/");
    EXPECT_EQ(path_of("http://h?q"), "/");
    for (const std::string_view target :
         {"http://other/", "http:///a", "http://u@h/", "ftp://h/", "http:/a", "h", "h:80", "a/b",
          "http://h/../a", "://h/"}) {
        EXPECT_EQ(path_of(target), "error 400") << target;
    }
}

TEST(TargetForm, IsNotEmpty) {
    EXPECT_FALSE(parse_target(Method::get, ""));
    EXPECT_TRUE(parse_target(Method::get, "/"));
}

TEST(TargetForm, MayBeAnAsteriskForOptionsOnly) {
    EXPECT_EQ(path_of("*", "OPTIONS"), "*");
    EXPECT_EQ(path_of("*"), "error 400");
    EXPECT_EQ(path_of("*/a", "OPTIONS"), "error 400");
}

}  // namespace
}  // namespace sluice::http
