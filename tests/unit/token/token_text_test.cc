// Token texts: what generate() makes parse() reads, and nothing else is read.
#include "token/token_text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "crypto/base64url.h"

namespace sluice::token {
namespace {

constexpr TokenKind kinds[] = {TokenKind::access, TokenKind::refresh, TokenKind::authorization_code,
                               TokenKind::session};

TEST(TokenText, SaysItsKindAndGrant) {
    SystemRandom random;
    for (const TokenKind kind : kinds) {
        for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, GrantTag::value_max,
                                          std::uint64_t{0x0123456789ab}}) {
            const TokenText token = TokenText::generate(kind, GrantTag(value), random);
            const auto head = parse_token(token.text());
            ASSERT_TRUE(head) << token.text();
            EXPECT_EQ(head->kind, kind);
            EXPECT_EQ(head->tag.value(), value);
        }
    }
}

TEST(TokenText, HasThePrefixOfItsKindTheTagAndTheSecret) {
    SeededRandom random(1);
    const GrantTag tag(0xfbfffe000000);
    EXPECT_TRUE(
        TokenText::generate(TokenKind::access, tag, random).text().starts_with("sat_-__-AAAA"));
    EXPECT_TRUE(
        TokenText::generate(TokenKind::refresh, tag, random).text().starts_with("srt_-__-"));
    EXPECT_TRUE(
        TokenText::generate(TokenKind::authorization_code, tag, random).text().starts_with("sac_"));
    EXPECT_TRUE(TokenText::generate(TokenKind::session, tag, random).text().starts_with("sse_"));
    const TokenText token = TokenText::generate(TokenKind::access, tag, random);
    const auto secret = crypto::decode_base64url(token.text().substr(12));
    ASSERT_TRUE(secret);
    EXPECT_EQ(secret->size() * 8, 256U);
}

TEST(TokenText, NeverRepeatsItsSecret) {
    SystemRandom random;
    std::set<std::string> texts;
    for (int i = 0; i < 1'000; ++i) {
        texts.emplace(
            TokenText::generate(TokenKind::access, GrantTag(7), random).text().substr(12));
    }
    EXPECT_EQ(texts.size(), 1'000U);
}

TEST(TokenText, IsReadAsItsOwnKindOnly) {
    SystemRandom random;
    for (const TokenKind made : kinds) {
        const TokenText token = TokenText::generate(made, GrantTag(42), random);
        for (const TokenKind asked : kinds) {
            EXPECT_EQ(parse_token(token.text(), asked).has_value(), made == asked);
        }
    }
}

TEST(TokenText, RefusesEveryForeignCharacterInEveryPlace) {
    SystemRandom random;
    const TokenText token = TokenText::generate(TokenKind::access, GrantTag(42), random);
    const std::string good(token.text());
    ASSERT_TRUE(parse_token(good));
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char c : {'\0', ' ', '+', '/', '=', '.', '~', '\n', '\x7f', '\x80', '\xff'}) {
            std::string bad = good;
            bad[i] = c;
            EXPECT_FALSE(parse_token(bad)) << i;
        }
    }
}

TEST(TokenText, RefusesOtherLengthsAndPrefixes) {
    SystemRandom random;
    const TokenText token = TokenText::generate(TokenKind::access, GrantTag(42), random);
    const std::string good(token.text());
    ASSERT_TRUE(parse_token(good));
    EXPECT_FALSE(parse_token(""));
    EXPECT_FALSE(parse_token(good.substr(1)));
    EXPECT_FALSE(parse_token(good.substr(0, good.size() - 1)));
    EXPECT_FALSE(parse_token(good + "A"));
    EXPECT_FALSE(parse_token("SAT_" + good.substr(4)));
    EXPECT_FALSE(parse_token("sat-" + good.substr(4)));
    EXPECT_FALSE(parse_token("sxt_" + good.substr(4)));
}

TEST(TokenText, RefusesBitsBehindTheSecret) {
    const std::string zeros = "sat_" + std::string(51, 'A');
    ASSERT_TRUE(parse_token(zeros));
    for (const char last : {'B', 'C', 'D'}) {
        EXPECT_FALSE(parse_token(zeros.substr(0, 54) + last)) << last;
    }
    EXPECT_TRUE(parse_token(zeros.substr(0, 54) + 'E'));
}

TEST(TokenText, OfRandomBytesIsAcceptedOnlyWhereItIsCanonical) {
    SeededRandom random(55);
    constexpr std::string_view letters = "sat_rceAQgw-";
    std::size_t accepted = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string text(TokenText::size, '\0');
        random.fill(std::as_writable_bytes(std::span(text)));
        for (char& c : text) c = letters[static_cast<std::uint8_t>(c) % letters.size()];
        if (i % 2 == 0) text.replace(0, 4, "srt_");
        const auto head = parse_token(text);
        if (!head) continue;
        ++accepted;
        EXPECT_TRUE(crypto::decode_base64url(text.substr(12))) << text;
        EXPECT_LE(head->tag.value(), GrantTag::value_max);
    }
    EXPECT_GT(accepted, 1'000U);
    EXPECT_LT(accepted, 100'000U);
}

TEST(GrantTag, IsOwnedByOneShard) {
    SystemRandom random;
    std::set<std::uint64_t> values;
    for (const unsigned shard_count : {1U, 2U, 3U, 64U}) {
        for (unsigned shard = 0; shard < shard_count; ++shard) {
            const GrantTag tag = GrantTag::generate_for_shard(random, shard, shard_count);
            EXPECT_EQ(tag.shard(shard_count), shard);
            EXPECT_LE(tag.value(), GrantTag::value_max);
            values.insert(tag.value());
        }
    }
    EXPECT_EQ(values.size(), 70U);
}

}  // namespace
}  // namespace sluice::token
