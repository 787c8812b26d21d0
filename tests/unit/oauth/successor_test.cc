// Refresh tokens that tell their generation.
#include "oauth/grants/successor.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace sluice::oauth {
namespace {

using token::GrantTag;

class SuccessorTest : public testing::Test {
protected:
    SystemRandom random;
    Keys keys = Keys::generate(random);
    GrantTag tag{123'456};
};

TEST_F(SuccessorTest, EachRotationIsOneGenerationLater) {
    token::TokenText text = first_refresh_token(tag, keys, random);
    EXPECT_EQ(generation_of(text.text(), tag, keys), 0U);
    std::set<std::string> seen;
    for (std::uint32_t rotations = 1; rotations < 100; ++rotations) {
        EXPECT_EQ(successor_of(text.text(), tag, keys).text(),
                  std::string(successor_of(text.text(), tag, keys).text()));
        text = successor_of(text.text(), tag, keys);
        EXPECT_EQ(generation_of(text.text(), tag, keys), rotations);
        EXPECT_EQ(token::parse_token(text.text(), token::TokenKind::refresh), tag);
        EXPECT_TRUE(seen.insert(std::string(text.text())).second);
    }
}

TEST_F(SuccessorTest, NobodyElseCanTellAGeneration) {
    const std::string text(first_refresh_token(tag, keys, random).text());
    EXPECT_FALSE(generation_of(text, GrantTag(123'457), keys));
    EXPECT_FALSE(generation_of(text, tag, Keys::generate(random)));
    for (std::size_t i = 12; i + 1 < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(generation_of(changed, tag, keys)) << i;
    }
    EXPECT_FALSE(generation_of("", tag, keys));
    EXPECT_FALSE(generation_of("a text of another server", tag, keys));
    const auto access = token::TokenText::generate(token::TokenKind::access, tag, random);
    EXPECT_FALSE(generation_of(access.text(), tag, keys));
}

TEST_F(SuccessorTest, ATokenOfBeforeHasASuccessorThatTellsItsGeneration) {
    const auto before = token::TokenText::generate(token::TokenKind::refresh, tag, random);
    EXPECT_FALSE(generation_of(before.text(), tag, keys));
    EXPECT_FALSE(
        generation_of(successor_without_generation(before.text(), tag, keys).text(), tag, keys));
    EXPECT_EQ(generation_of(successor_of(before.text(), tag, keys).text(), tag, keys), 1U);
}

}  // namespace
}  // namespace sluice::oauth
