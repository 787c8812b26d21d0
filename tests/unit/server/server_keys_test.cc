// The server's own keys: made once, sealed, one for all boxes.
#include "server/storage/server_keys.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/unit/server/documents_store.h"

namespace sluice::server::testing {
namespace {

constexpr auto kind = storage::DocumentKind::server_key;

Secret key(char letter) {
    return Secret(std::string(40, letter));
}

Sealing sealing_of(std::initializer_list<char> letters) {
    std::vector<Secret> keys;
    for (const char letter : letters) keys.push_back(key(letter));
    return Sealing(keys);
}

class ServerKeys : public ::testing::Test {
protected:
    std::expected<oauth::Keys, KeysFault> load(const Sealing& sealing) {
        return at_once(load_server_keys(store_, sealing, random_));
    }

    DocumentsStore store_;
    SeededRandom random_{7};
};

TEST_F(ServerKeys, AreMadeAtTheFirstStartAndFoundAtTheNext) {
    const auto first = load(sealing_of({'a'}));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->form.reveal().size(), 32U);
    EXPECT_NE(first->form.reveal(), first->successor.reveal());
    const auto second = load(sealing_of({'a'}));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->form.reveal(), first->form.reveal());
    EXPECT_EQ(second->successor.reveal(), first->successor.reveal());
    EXPECT_EQ(store_.writes, 2);
}

TEST_F(ServerKeys, AreNotReadableInStorage) {
    const auto keys = load(sealing_of({'a'}));
    for (const auto& [name, value] : store_.documents) {
        EXPECT_FALSE(value.contains(keys->form.reveal()));
        EXPECT_FALSE(value.contains(keys->successor.reveal()));
    }
}

TEST_F(ServerKeys, OfABoxThatWasSlowerAreThoseOfTheFirst) {
    const auto first = load(sealing_of({'a'}));
    const std::string form = store_.documents.at({kind, "form"});
    store_.documents.erase({kind, "form"});
    store_.lose_next_race = 1;
    store_.winner = form;
    const auto second = load(sealing_of({'a'}));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->form.reveal(), first->form.reveal());
}

TEST_F(ServerKeys, AreNotOpenedByAnotherKey) {
    const auto first = load(sealing_of({'a'}));
    const auto other = load(sealing_of({'b'}));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error(), KeysFault::sealed_by_other);
    EXPECT_EQ(load(sealing_of({'a'}))->form.reveal(), first->form.reveal());
}

TEST_F(ServerKeys, SealedByAFormerKeyAreSealedAnew) {
    const auto first = load(sealing_of({'a'}));
    const auto rotated = load(sealing_of({'b', 'a'}));
    ASSERT_TRUE(rotated);
    EXPECT_EQ(rotated->successor.reveal(), first->successor.reveal());
    EXPECT_EQ(load(sealing_of({'b'}))->successor.reveal(), first->successor.reveal());
    EXPECT_FALSE(load(sealing_of({'a'})));
}

TEST_F(ServerKeys, OneIsNotTakenForTheOther) {
    ASSERT_TRUE(load(sealing_of({'a'})));
    std::swap(store_.documents.at({kind, "form"}), store_.documents.at({kind, "successor"}));
    EXPECT_FALSE(load(sealing_of({'a'})));
}

TEST_F(ServerKeys, WaitForAStoreThatIsAway) {
    store_.away = true;
    const auto keys = load(sealing_of({'a'}));
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error(), KeysFault::away);
}

}  // namespace
}  // namespace sluice::server::testing
