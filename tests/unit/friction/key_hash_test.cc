#include "friction/key_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

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

}  // namespace
}  // namespace sluice::friction
