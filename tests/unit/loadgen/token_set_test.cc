// What goes in comes out, packed or not.
#include "loadgen/token_set.h"

#include <gtest/gtest.h>

#include "crypto/base64url.h"
#include "loadgen/scenario.h"

namespace sluice::loadgen {
namespace {

std::string random_token(QuickRandom& random, std::string_view prefix, std::size_t letters) {
    std::string token(prefix);
    while (token.size() < prefix.size() + letters) {
        token += crypto::base64url_alphabet[random.next() % 64];
    }
    return token;
}

void expect_kept(const std::vector<std::string>& tokens, const TokenSet& set) {
    ASSERT_EQ(set.size(), tokens.size());
    std::string read;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        set.read(i, read);
        EXPECT_EQ(read, tokens[i]) << i;
    }
}

TEST(TokenSet, KeepsTokensOfEveryLength) {
    QuickRandom random(1);
    for (std::size_t letters = 1; letters <= 60; ++letters) {
        TokenSet set;
        std::vector<std::string> tokens;
        for (int i = 0; i < 20; ++i) {
            tokens.push_back(random_token(random, "sat_", letters));
            set.add(tokens.back());
        }
        expect_kept(tokens, set);
    }
}

TEST(TokenSet, PacksSixBitsALetter) {
    QuickRandom random(2);
    TokenSet set;
    set.reserve(1000);
    for (int i = 0; i < 1000; ++i) set.add(random_token(random, "sat_", 51));
    EXPECT_LE(set.memory_bytes(), 1000 * 39 + 64);
}

TEST(TokenSet, KeepsWhatDoesNotFitAsText) {
    QuickRandom random(3);
    TokenSet set;
    const std::vector<std::string> tokens = {random_token(random, "sat_", 20), "a.jwt.with=signs",
                                             random_token(random, "sat_", 20), "", "x"};
    for (const std::string& token : tokens) set.add(token);
    expect_kept(tokens, set);
}

TEST(TokenSet, NeedsNoPrefix) {
    TokenSet set;
    set.add("0123abcDEF-9");
    set.add("no underscore in eight letters_");
    expect_kept({"0123abcDEF-9", "no underscore in eight letters_"}, set);
}

}  // namespace
}  // namespace sluice::loadgen
