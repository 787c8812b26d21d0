#include "config/redis_url.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(RedisUrl, AHostAloneHasTheUsualPortAndDatabase) {
    const auto url = parse_redis_url("redis://cache.example");
    ASSERT_TRUE(url) << url.error();
    EXPECT_EQ(url->settings.host, "cache.example");
    EXPECT_EQ(url->settings.port, 6379);
    EXPECT_EQ(url->settings.database, 0u);
    EXPECT_TRUE(url->settings.password.empty());
    EXPECT_FALSE(url->secure);
}

TEST(RedisUrl, EverythingCanBeWritten) {
    const auto url = parse_redis_url("rediss://sluice:p%40ss%2Fword@[::1]:6380/12");
    ASSERT_TRUE(url) << url.error();
    EXPECT_EQ(url->settings.host, "::1");
    EXPECT_EQ(url->settings.port, 6380);
    EXPECT_EQ(url->settings.username, "sluice");
    EXPECT_EQ(url->settings.password.reveal(), "p@ss/word");
    EXPECT_EQ(url->settings.database, 12u);
    EXPECT_TRUE(url->secure);
}

TEST(RedisUrl, APasswordNeedsNoUser) {
    const auto url = parse_redis_url("redis://:secret@127.0.0.1/");
    ASSERT_TRUE(url) << url.error();
    EXPECT_EQ(url->settings.username, "");
    EXPECT_EQ(url->settings.password.reveal(), "secret");
}

TEST(RedisUrl, OthersAreRefusedWithoutBeingShown) {
    for (const std::string_view text :
         {"", "cache.example:6379", "http://cache.example", "redis://", "redis:cache.example",
          "redis://hush@cache.example", "redis://hush:@cache.example", "redis://cache.example:0",
          "redis://cache.example:65536", "redis://cache.example/hush", "redis://cache.example/-1",
          "redis://cache.example?db=1", "redis://cache.example#1",
          "redis://:hu%zsh@cache.example"}) {
        const auto url = parse_redis_url(text);
        ASSERT_FALSE(url) << text;
        EXPECT_FALSE(url.error().contains("hush")) << url.error();
    }
}

}  // namespace
}  // namespace sluice::config
