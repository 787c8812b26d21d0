// Freshness of answers: RFC 9111 §4.2.
#include "http/cache_lifetime.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

constexpr WallTime now{Seconds{784'111'777}};  // Sun, 06 Nov 1994 08:49:37 GMT

std::optional<Seconds> lifetime_of(std::string_view fields) {
    ResponseParser parser;
    parser.start(false);
    parser.append("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + std::string(fields) + "\r\n");
    const auto complete = parser.read_head();
    EXPECT_TRUE(complete && *complete) << fields;
    return freshness_lifetime(parser.head(), now);
}

TEST(CacheLifetime, ComesFromCacheControlBeforeExpires) {
    EXPECT_EQ(lifetime_of("Cache-Control: max-age=60\r\n"), Seconds{60});
    EXPECT_EQ(lifetime_of("Cache-Control: public, Max-Age=\"60\"\r\n"), Seconds{60});
    EXPECT_EQ(lifetime_of("Cache-Control: max-age=60, s-maxage=90\r\n"), Seconds{90});
    EXPECT_EQ(lifetime_of("Cache-Control: public\r\nCache-Control: max-age=7\r\n"), Seconds{7});
    EXPECT_EQ(lifetime_of("Cache-Control: max-age=60\r\nExpires: 0\r\n"), Seconds{60});
    EXPECT_EQ(lifetime_of("Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"), Seconds{60});
    EXPECT_EQ(lifetime_of("Date: Sun, 06 Nov 1994 08:50:00 GMT\r\n"
                          "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"),
              Seconds{37});
}

TEST(CacheLifetime, IsLessByTheAge) {
    EXPECT_EQ(lifetime_of("Cache-Control: max-age=60\r\nAge: 20\r\n"), Seconds{40});
    EXPECT_EQ(lifetime_of("Cache-Control: max-age=60\r\nAge: 90\r\n"), Seconds{0});
}

TEST(CacheLifetime, IsZeroWhereAnAnswerIsNotToBeKept) {
    for (const std::string_view fields :
         {"Cache-Control: no-store\r\n", "Cache-Control: max-age=60, no-cache\r\n",
          "Cache-Control: private\r\n", "Expires: 0\r\n", "Expires: tomorrow\r\n",
          "Expires: Sun, 06 Nov 1994 08:49:36 GMT\r\n"}) {
        EXPECT_EQ(lifetime_of(fields), Seconds{0}) << fields;
    }
}

TEST(CacheLifetime, IsUnknownWhereNothingIsSaid) {
    for (const std::string_view fields :
         {"", "Cache-Control: public\r\n", "Cache-Control: max-age=-1\r\n",
          "Cache-Control: max-age=1e3\r\n", "Cache-Control: ,,=,\r\n"}) {
        EXPECT_EQ(lifetime_of(fields), std::nullopt) << fields;
    }
}

TEST(HttpDate, IsReadInItsOneForm) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), now);
    for (const std::string_view text :
         {"", "0", "Sun, 06 Nov 1994 08:49:37", "06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 GMT+1"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

}  // namespace
}  // namespace sluice::http
