#include "friction/client_table.h"

#include <gtest/gtest.h>

#include <set>

#include "support.h"

namespace sluice::friction {
namespace {

class ClientTableTest : public testing::Test {
protected:
    ClientTable::Slot find(std::string_view key) { return table.find(table.hash_of(key), key); }
    ClientTable::Slot insert(std::string_view key) { return table.insert(table.hash_of(key), key); }

    FrictionConfig config = valid(plain_config());
    ClientTable table{config, test_hash_key};
};

TEST_F(ClientTableTest, FindsClientsByKeysOfAnyLength) {
    std::vector<std::string> keys;
    for (std::size_t length = 0; length < 80; ++length) keys.emplace_back(length, 'k');
    for (const std::string& key : keys) EXPECT_EQ(table.key(insert(key)), key);
    for (const std::string& key : keys) {
        ASSERT_NE(find(key), ClientTable::none) << key.size();
        EXPECT_EQ(table.key(find(key)), key);
    }
    EXPECT_EQ(find(std::string(80, 'k')), ClientTable::none);
    EXPECT_EQ(table.size(), 80U);
}

TEST_F(ClientTableTest, AnErasedClientsPlaceIsUsedAgainAndItsControllerIsNew) {
    const std::string key(50, 'a');
    const auto slot = insert(key);
    table.controller(slot).record(config.tool("write"), at(0));
    table.erase(slot);
    EXPECT_EQ(find(key), ClientTable::none);
    EXPECT_EQ(insert("b"), slot);
    EXPECT_EQ(table.controller(slot).last_call(), std::nullopt);
    EXPECT_EQ(table.controller(slot).frictions()[0], 0);
    EXPECT_EQ(find("b"), slot);
}

TEST_F(ClientTableTest, AmongFewTheOneUsedLongestAgoGoes) {
    for (ClientTable::Slot i = 0; i < ClientTable::candidates; ++i) insert(std::to_string(i));
    for (const ClientTable::Slot used : {0U, 1U, 3U, 2U}) table.touch(used);
    EXPECT_EQ(table.next_to_go(), 4U);
    for (ClientTable::Slot slot = 4; slot < ClientTable::candidates; ++slot) table.touch(slot);
    for (const ClientTable::Slot oldest : {0U, 1U, 3U, 2U, 4U}) {
        EXPECT_EQ(table.next_to_go(), oldest);
        table.touch(oldest);
    }
}

TEST_F(ClientTableTest, AmongManyEachTurnChoosesAmongOthers) {
    constexpr ClientTable::Slot clients = 3 * ClientTable::candidates - 10;
    for (ClientTable::Slot i = 0; i < clients; ++i) insert(std::to_string(i));
    table.touch(0);
    EXPECT_EQ(table.next_to_go(), 1U);
    EXPECT_EQ(table.next_to_go(), ClientTable::candidates);
    table.touch(1);
    // Goes round: the last 54 and the first 10, of whom 0 and 1 were used.
    EXPECT_EQ(table.next_to_go(), 2U);
    EXPECT_EQ(table.next_to_go(), 10U);
}

TEST_F(ClientTableTest, BlocksStayWhereTheyAreWhileItGrows) {
    const Controller* const first = &table.controller(insert("first"));
    for (int i = 0; i < 200'000; ++i) insert(std::to_string(i));
    EXPECT_EQ(&table.controller(find("first")), first);
    std::set<const Controller*> blocks;
    for (ClientTable::Slot slot = 0; slot < 200'001; ++slot) {
        blocks.insert(&table.controller(slot));
    }
    EXPECT_EQ(blocks.size(), 200'001U);
}

}  // namespace
}  // namespace sluice::friction
