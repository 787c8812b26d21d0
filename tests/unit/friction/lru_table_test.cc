#include "friction/lru_table.h"

#include <gtest/gtest.h>

#include <list>
#include <map>

#include "base/random.h"
#include "support.h"

namespace sluice::friction {
namespace {

using Table = LruTable<int>;

TEST(LruTable, AnEmptyOneFindsNothing) {
    const Table table(test_hash_key);
    EXPECT_EQ(table.find("a"), Table::none);
    EXPECT_EQ(table.oldest(), Table::none);
    EXPECT_EQ(table.size(), 0U);
}

TEST(LruTable, TheOldestIsTheOneTouchedLongestAgo) {
    Table table(test_hash_key);
    const auto a = table.insert("a", 1);
    const auto b = table.insert("b", 2);
    table.insert("c", 3);
    EXPECT_EQ(table.oldest(), a);
    table.touch(a);
    EXPECT_EQ(table.oldest(), b);
    table.erase(b);
    EXPECT_EQ(table.key(table.oldest()), "c");
    EXPECT_EQ(table.find("b"), Table::none);
    EXPECT_EQ(table.value(table.find("a")), 1);
}

TEST(LruTable, ARemovedEntryIsUsedAgain) {
    Table table(test_hash_key);
    const auto a = table.insert("a", 1);
    table.erase(a);
    EXPECT_EQ(table.insert("b", 2), a);
    EXPECT_EQ(table.value(a), 1);  // left to the caller
    EXPECT_EQ(table.size(), 1U);
}

TEST(LruTable, AgreesWithAPlainModelOverManyRandomOperations) {
    Table table(test_hash_key);
    std::map<std::string, int> model;
    std::list<std::string> order;  // oldest first
    SeededRandom random(7);
    for (int i = 0; i < 20'000; ++i) {
        const std::string key = "client-" + std::to_string(random.next_u64() % 200);
        const auto slot = table.find(key);
        ASSERT_EQ(slot != Table::none, model.contains(key));
        const auto action = random.next_u64() % 4;
        if (slot == Table::none) {
            const auto made = table.insert(key, i);
            table.value(made) = i;
            model[key] = i;
            order.push_back(key);
        } else if (action == 0) {
            table.erase(slot);
            model.erase(key);
            order.remove(key);
        } else {
            ASSERT_EQ(table.value(slot), model[key]);
            table.touch(slot);
            order.remove(key);
            order.push_back(key);
        }
        ASSERT_EQ(table.size(), model.size());
        if (!order.empty()) ASSERT_EQ(table.key(table.oldest()), order.front());
    }
}

}  // namespace
}  // namespace sluice::friction
