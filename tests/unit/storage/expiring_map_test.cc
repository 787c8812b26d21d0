#include "storage/expiring_map.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/text_hash.h"

namespace sluice::storage {
namespace {

using std::chrono::seconds;
using Map = ExpiringMap<std::string, int, TextHash>;

constexpr MonotonicTime start{std::chrono::hours{1}};

TEST(ExpiringMap, FindsAnEntryUntilItsLifetimeIsOver) {
    Map map(seconds{10}, 100);
    map.put("a", 1, start);
    ASSERT_NE(map.find(std::string_view("a"), start + seconds{9}), nullptr);
    EXPECT_EQ(map.find(std::string_view("a"), start + seconds{10}), nullptr);
    EXPECT_EQ(map.find(std::string_view("b"), start), nullptr);
}

TEST(ExpiringMap, RenewedLivesOnAndIsTheLastToGo) {
    Map map(seconds{10}, 2);
    map.put("a", 1, start);
    map.put("b", 2, start);
    map.renew(std::string_view("a"), start + seconds{9});
    EXPECT_NE(map.find(std::string_view("a"), start + seconds{18}), nullptr);
    EXPECT_EQ(map.find(std::string_view("b"), start + seconds{18}), nullptr);
    map.put("c", 3, start + seconds{9});
    EXPECT_EQ(map.find(std::string_view("b"), start + seconds{9}), nullptr);
    EXPECT_NE(map.find(std::string_view("a"), start + seconds{9}), nullptr);
}

TEST(ExpiringMap, PutsOutTheOldestWhereItIsFull) {
    Map map(seconds{10}, 2);
    map.put("a", 1, start);
    map.put("b", 2, start);
    map.put("a", 3, start);  // renewed: "b" is the oldest now
    map.put("c", 4, start);
    EXPECT_EQ(map.size(), 2U);
    EXPECT_EQ(map.find(std::string_view("b"), start), nullptr);
    ASSERT_NE(map.find(std::string_view("a"), start), nullptr);
    EXPECT_EQ(*map.find(std::string_view("a"), start), 3);
}

TEST(ExpiringMap, ExpireDropsAtMostWhatItWasToldTo) {
    Map map(seconds{10}, 100);
    for (int i = 0; i < 10; ++i) map.put(std::to_string(i), i, start);
    map.put("late", 99, start + seconds{5});
    map.expire(start + seconds{10}, 4);
    EXPECT_EQ(map.size(), 7U);
    map.expire(start + seconds{10}, 100);
    EXPECT_EQ(map.size(), 1U);
    EXPECT_NE(map.find(std::string_view("late"), start + seconds{10}), nullptr);
}

TEST(ExpiringMap, ErasedIsGoneAndErasingTwiceSaysSo) {
    Map map(seconds{10}, 100);
    map.put("a", 1, start);
    EXPECT_TRUE(map.erase(std::string_view("a")));
    EXPECT_FALSE(map.erase(std::string_view("a")));
    map.expire(start + seconds{20}, 10);
    EXPECT_EQ(map.size(), 0U);
}

}  // namespace
}  // namespace sluice::storage
