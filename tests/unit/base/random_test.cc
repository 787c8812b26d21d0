// Randomness: fills all it is given, repeats nothing in production and everything under a seed.
#include "base/random.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace sluice {
namespace {

std::vector<std::byte> filled(Random& random, std::size_t size) {
    std::vector<std::byte> bytes(size);
    random.fill(bytes);
    return bytes;
}

TEST(SystemRandom, NeverHandsOutTheSameBytesTwice) {
    SystemRandom random;
    std::set<std::vector<std::byte>> seen;
    for (int i = 0; i < 1'000; ++i) seen.insert(filled(random, 16));
    EXPECT_EQ(seen.size(), 1'000U);
}

TEST(SystemRandom, FillsEverySizeToItsEnd) {
    SystemRandom random;
    for (const std::size_t size : {1U, 7U, 1'000U, 1'023U, 1'024U, 1'025U, 5'000U}) {
        std::vector<std::byte> seen(size);  // bits that were set in any of many draws
        for (int i = 0; i < 64; ++i) {
            const auto bytes = filled(random, size);
            for (std::size_t at = 0; at < size; ++at) seen[at] |= bytes[at];
        }
        for (const std::byte byte : seen) ASSERT_EQ(byte, std::byte{0xff}) << size;
    }
    EXPECT_TRUE(filled(random, 0).empty());
}

TEST(SystemRandom, SetsEachBitHalfOfTheTime) {
    SystemRandom random;
    int ones = 0;
    for (int i = 0; i < 10'000; ++i) ones += __builtin_popcountll(random.next_u64());
    EXPECT_NEAR(ones, 320'000, 4'000);  // ten standard deviations
}

TEST(SeededRandom, RepeatsItselfUnderTheSameSeedOnly) {
    SeededRandom first(1);
    SeededRandom same(1);
    SeededRandom other(2);
    const auto bytes = filled(first, 33);
    EXPECT_EQ(bytes, filled(same, 33));
    EXPECT_NE(bytes, filled(other, 33));
    EXPECT_NE(filled(first, 33), bytes);
}

TEST(SeededRandom, IsSplitMix64) {
    SeededRandom random(0);
    EXPECT_EQ(random.next_u64(), 0xe220a8397b1dcdafU);
    EXPECT_EQ(random.next_u64(), 0x6e789e6aa1b965f4U);
}

}  // namespace
}  // namespace sluice
