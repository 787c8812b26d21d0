#include "storage/token_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"

namespace sluice::storage {
namespace {

struct Number {
    std::uint64_t value = 0;
};

crypto::Digest digest_of(std::uint64_t number) {
    return crypto::sha256(std::to_string(number));
}

TEST(TokenTable, FindsWhatWasInsertedAndNothingElse) {
    TokenTable<Number> table;
    EXPECT_EQ(table.find(digest_of(1)), nullptr);
    table.insert(digest_of(1), {11});
    ASSERT_NE(table.find(digest_of(1)), nullptr);
    EXPECT_EQ(table.find(digest_of(1))->value, 11U);
    EXPECT_EQ(table.find(digest_of(2)), nullptr);
    EXPECT_EQ(table.size(), 1U);
}

TEST(TokenTable, KeepsEveryRecordWhileSegmentsSplit) {
    TokenTable<Number> table;
    constexpr std::uint64_t count = 50'000;
    for (std::uint64_t i = 0; i < count; ++i) table.insert(digest_of(i), {i});
    EXPECT_EQ(table.size(), count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Number* found = table.find(digest_of(i));
        ASSERT_NE(found, nullptr) << i;
        ASSERT_EQ(found->value, i);
    }
    EXPECT_EQ(table.find(digest_of(count)), nullptr);
    // At least half of three quarters full on average: the table stays compact.
    EXPECT_LT(table.slots(), count * 3);
}

TEST(TokenTable, BehavesAsAMapUnderRandomOperations) {
    TokenTable<Number> table;
    std::map<std::uint64_t, std::uint64_t> model;
    SeededRandom random(7);
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t key = random.next_u64() % 4000;
        if (random.next_u64() % 2 == 0) {
            EXPECT_EQ(table.erase(digest_of(key)), model.erase(key) == 1);
        } else if (model.emplace(key, key * 3).second) {
            table.insert(digest_of(key), {key * 3});
        }
    }
    EXPECT_EQ(table.size(), model.size());
    for (std::uint64_t key = 0; key < 4000; ++key) {
        const Number* found = table.find(digest_of(key));
        const auto wanted = model.find(key);
        ASSERT_EQ(found != nullptr, wanted != model.end()) << key;
        if (found != nullptr) {
            EXPECT_EQ(found->value, wanted->second);
        }
    }
}

TEST(TokenTable, SweepErasesEachDeadRecordOnceAndKeepsTheOthers) {
    TokenTable<Number> table;
    constexpr std::uint64_t count = 10'000;
    for (std::uint64_t i = 0; i < count; ++i) table.insert(digest_of(i), {i});
    std::multiset<std::uint64_t> erased;
    table.sweep(table.slots() / TokenTable<Number>::segment_slots, [&](const Number& record) {
        if (record.value % 3 != 0) return false;
        erased.insert(record.value);
        return true;
    });
    EXPECT_EQ(table.size(), count - erased.size());
    for (std::uint64_t i = 0; i < count; ++i) {
        ASSERT_EQ(erased.count(i), i % 3 == 0 ? 1U : 0U) << i;
        ASSERT_EQ(table.find(digest_of(i)) == nullptr, i % 3 == 0) << i;
    }
}

TEST(TokenTable, IsSmallAgainOnceItIsEmptyAndNotBefore) {
    TokenTable<Number> table;
    constexpr std::uint64_t count = 300'000;  // of more than one chunk
    for (int round = 0; round < 2; ++round) {
        for (std::uint64_t i = 0; i < count; ++i) table.insert(digest_of(i), {i});
        const std::size_t slots = table.slots();
        table.sweep(slots / TokenTable<Number>::segment_slots,
                    [](const Number& number) { return number.value != 7; });
        EXPECT_EQ(table.slots(), slots);
        ASSERT_NE(table.find(digest_of(7)), nullptr);
        EXPECT_TRUE(table.erase(digest_of(7)));
        for (int i = 0; i < 5; ++i) table.sweep(1, [](const Number&) { return true; });
        EXPECT_EQ(table.slots(), TokenTable<Number>::segment_slots);
        EXPECT_EQ(table.find(digest_of(8)), nullptr);
    }
}

TEST(TokenTable, OneSweepCallIsBoundedToTheSegmentsItWasGiven) {
    TokenTable<Number> table;
    for (std::uint64_t i = 0; i < 20'000; ++i) table.insert(digest_of(i), {i});
    std::size_t visited = 0;
    table.sweep(1, [&](const Number&) {
        ++visited;
        return false;
    });
    EXPECT_GT(visited, 0U);
    EXPECT_LE(visited, TokenTable<Number>::segment_slots);
}

}  // namespace
}  // namespace sluice::storage
