// Signing keys in storage: made when they are due, sealed, one for all boxes, dropped when over.
#include "server/storage/signing_key_store.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/unit/server/documents_store.h"

namespace sluice::server::testing {
namespace {

constexpr std::int64_t day = 86'400;

Sealing sealing_of(std::initializer_list<char> letters) {
    std::vector<Secret> keys;
    for (const char letter : letters) keys.emplace_back(std::string(40, letter));
    return Sealing(keys);
}

class SigningKeyStore : public ::testing::Test {
protected:
    using Loaded = std::expected<std::vector<oauth::SigningKeyRecord>, KeysFault>;

    SigningKeyStore() {
        settings_.signing.rotate_every = std::chrono::days{1};
        settings_.access_token_ttl = std::chrono::hours{1};
    }
    Loaded load(std::int64_t now, const Sealing& sealing = sealing_of({'a'})) {
        return at_once(load_signing_keys(store_, sealing, random_, settings_, now));
    }

    DocumentsStore store_;
    SeededRandom random_{7};
    oauth::Settings settings_;
};

TEST_F(SigningKeyStore, MakesTheFirstKeyAndFindsItAgain) {
    const auto first = load(0);
    ASSERT_TRUE(first);
    ASSERT_EQ(first->size(), 1U);
    EXPECT_EQ(first->front().used_from, 0) << "nobody knows another";
    const auto again = load(100);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->front().key.key_id(), first->front().key.key_id());
    EXPECT_EQ(store_.writes, 1);
}

TEST_F(SigningKeyStore, RotatesBySchedule) {
    const std::string old(load(0)->front().key.key_id());
    const auto ahead = load(day - 600);
    ASSERT_EQ(ahead->size(), 2U);
    EXPECT_EQ(ahead->back().used_from, day);
    EXPECT_EQ(load(day + 3600)->size(), 2U) << "tokens of the old key are alive";
    const auto after = load(day + 3600 + 601);
    ASSERT_EQ(after->size(), 1U);
    EXPECT_EQ(after->front().key.key_id(), ahead->back().key.key_id());
    EXPECT_NE(after->front().key.key_id(), old);
}

TEST_F(SigningKeyStore, RotatesWhenAskedAndWhenTheAlgorithmChanges) {
    load(0);
    const auto made =
        at_once(rotate_signing_keys(store_, sealing_of({'a'}), random_, settings_, 5));
    ASSERT_TRUE(made);
    EXPECT_EQ(made->used_from, 605);
    EXPECT_EQ(load(10)->size(), 2U);
    settings_.signing.algorithm = crypto::JwsAlgorithm::eddsa;
    const auto changed = load(700);
    ASSERT_EQ(changed->size(), 3U);
    EXPECT_EQ(changed->back().key.algorithm(), crypto::JwsAlgorithm::eddsa);
}

TEST_F(SigningKeyStore, OfABoxThatWasSlowerAreThoseOfTheFirst) {
    const auto first = load(0);
    const auto document = *store_.documents.begin();
    store_.documents.clear();
    store_.lose_next_race = 1;
    store_.winner = document.second;
    EXPECT_EQ(load(0).error(), KeysFault::away) << "it looks again";
    EXPECT_EQ(load(0)->front().key.key_id(), first->front().key.key_id());
}

TEST_F(SigningKeyStore, AreSealedAndSealedAnew) {
    const auto first = load(0, sealing_of({'a'}));
    for (const auto& [name, value] : store_.documents) {
        EXPECT_FALSE(value.contains("pkcs8")) << name.second;
    }
    EXPECT_EQ(load(0, sealing_of({'b'})).error(), KeysFault::sealed_by_other);
    EXPECT_TRUE(load(0, sealing_of({'b', 'a'})));
    const auto anew = load(0, sealing_of({'b'}));
    ASSERT_TRUE(anew);
    EXPECT_EQ(anew->front().key.key_id(), first->front().key.key_id());
}

TEST_F(SigningKeyStore, AreAwayWhileTheStoreIs) {
    store_.away = true;
    EXPECT_EQ(load(0).error(), KeysFault::away);
}

}  // namespace
}  // namespace sluice::server::testing
