#include "friction/key_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace sluice::friction {
namespace {

// CPython 3.11 hashes bytes with SipHash-1-3; PYTHONHASHSEED=0 gives the key 0, 0.
TEST(KeyedHash, AgreesWithAnotherImplementationOfSipHash13) {
    const HashKey zero{0, 0};
    EXPECT_EQ(keyed_hash("a", zero), 4644417185603328019U);
    EXPECT_EQ(keyed_hash("client", zero), 4075198023331584577U);
    EXPECT_EQ(keyed_hash("8 bytes.", zero), 3999974811741699076U);
    EXPECT_EQ(keyed_hash("https://auth.example.com|client|subject", zero), 3837260133664955770U);
}

TEST(KeyedHash, AnotherKeyGivesAnotherHash) {
    EXPECT_NE(keyed_hash("client", {1, 0}), keyed_hash("client", {0, 0}));
    EXPECT_NE(keyed_hash("client", {0, 1}), keyed_hash("client", {0, 0}));
    EXPECT_EQ(keyed_hash("client", {1, 2}), keyed_hash("client", {1, 2}));
}

TEST(KeyedHash, LengthCountsToo) {
    std::set<std::uint64_t> seen;
    for (std::size_t length = 0; length < 40; ++length) {
        seen.insert(keyed_hash(std::string(length, '\0'), HashKey{3, 4}));
    }
    EXPECT_EQ(seen.size(), 40U);
}

TEST(KeyHasher, HashesDigestsWithAllTheirBitsAndItsKey) {
    const KeyHasher hasher({5, 6});
    const std::string digest(32, 'd');
    std::set<std::uint64_t> seen{hasher(digest)};
    for (std::size_t bit = 0; bit < 256; ++bit) {
        std::string other = digest;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
        EXPECT_TRUE(seen.insert(hasher(other)).second) << bit;
    }
    EXPECT_EQ(hasher(digest), KeyHasher({5, 6})(digest));
    EXPECT_NE(hasher(digest), KeyHasher({5, 7})(digest));
    EXPECT_NE(hasher(digest), KeyHasher({4, 6})(digest));
}

TEST(KeyHasher, SpreadsSimilarDigestsOverTheUpperBitsThatTablesUse) {
    const KeyHasher hasher({5, 6});
    std::vector<int> hits(256);
    constexpr int count = 256 * 64;
    for (int i = 0; i < count; ++i) {
        std::string digest(32, '\0');
        digest[0] = static_cast<char>(i);
        digest[17] = static_cast<char>(i >> 8);
        ++hits[hasher(digest) >> 56];
    }
    for (const int hit : hits) EXPECT_TRUE(hit > 20 && hit < 130) << hit;
}

TEST(KeyHasher, HashesOtherTextsLikeKeyedHash) {
    EXPECT_EQ(KeyHasher({5, 6})("client"), keyed_hash("client", {5, 6}));
}

}  // namespace
}  // namespace sluice::friction
