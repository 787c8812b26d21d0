// Base64 of RFC 4648: its own vectors, strictness, and that decoding undoes encoding.
#include "crypto/base64url.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/random.h"

namespace sluice::crypto {
namespace {

std::string random_bytes(Random& random, std::size_t count) {
    std::string bytes(count, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

TEST(Base64url, WritesTheVectorsOfRfc4648WithoutPadding) {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64url(bytes), text);
        EXPECT_EQ(base64_unpadded(bytes), text);
        EXPECT_EQ(decode_base64url(text), std::string(bytes));
        EXPECT_EQ(base64url_size(bytes.size()), text.size());
    }
}

TEST(Base64url, UsesTheAlphabetThatIsSafeInUrls) {
    EXPECT_EQ(base64url(std::string_view("\xfb\xff\xfe")), "-__-");
    EXPECT_EQ(base64_unpadded("\xfb\xff\xfe"), "+//+");
    EXPECT_EQ(decode_base64url("-__-"), "\xfb\xff\xfe");
    EXPECT_EQ(decode_base64("+//+"), "\xfb\xff\xfe");
}

TEST(Base64url, DecodingUndoesEncoding) {
    SeededRandom random(4648);
    for (std::size_t size = 0; size < 200; ++size) {
        const std::string bytes = random_bytes(random, size);
        EXPECT_EQ(decode_base64url(base64url(bytes)), bytes);
        EXPECT_EQ(decode_base64(base64_unpadded(bytes)), bytes);
        std::string appended = "x";
        append_base64url(appended, std::as_bytes(std::span(bytes)));
        EXPECT_EQ(appended, "x" + base64url(bytes));
    }
}

TEST(Base64url, WhatDecodesIsTheOneTextOfItsBytes) {
    constexpr std::string_view letters = "AQgw_-Zz09+/= \n";
    SeededRandom random(7);
    std::size_t accepted = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = random_bytes(random, static_cast<std::size_t>(random.next_u64() % 6));
        for (char& c : text) c = letters[static_cast<std::uint8_t>(c) % letters.size()];
        const auto bytes = decode_base64url(text);
        if (!bytes) continue;
        ++accepted;
        EXPECT_EQ(base64url(*bytes), text);
    }
    EXPECT_GT(accepted, 1000U);
}

TEST(Base64url, RefusesEveryForeignCharacter) {
    ASSERT_TRUE(decode_base64url("Zm9v"));
    for (int c = 0; c < 256; ++c) {
        const std::string text = std::string("Zm9") + static_cast<char>(c);
        const bool known = base64url_alphabet.find(static_cast<char>(c)) != std::string_view::npos;
        EXPECT_EQ(decode_base64url(text).has_value(), known) << c;
    }
}

TEST(Base64url, RefusesPaddingAndImpossibleLengths) {
    ASSERT_TRUE(decode_base64url("Zg"));
    EXPECT_FALSE(decode_base64url("Zg=="));
    EXPECT_FALSE(decode_base64url("Z"));
    EXPECT_FALSE(decode_base64url("Zm9vY"));
}

TEST(Base64url, RefusesBitsBehindTheLastByte) {
    ASSERT_TRUE(decode_base64url("Zg"));
    EXPECT_FALSE(decode_base64url("Zh"));
    ASSERT_TRUE(decode_base64url("Zm8"));
    EXPECT_FALSE(decode_base64url("Zm9"));
}

TEST(Base64OfHttpBasic, TakesPaddingThatIsRightOrAbsent) {
    EXPECT_EQ(decode_base64("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin:open sesame");
    EXPECT_EQ(decode_base64("QWxhZGRpbjpvcGVuIHNlc2FtZQ"), "Aladdin:open sesame");
    EXPECT_EQ(decode_base64("Zm8="), "fo");
    EXPECT_EQ(decode_base64(""), "");
}

TEST(Base64OfHttpBasic, RefusesPaddingThatIsWrong) {
    for (const std::string_view text : {"Zg=", "Zg===", "=", "==", "====", "Zm9v=", "Zm9v==",
                                        "Z===", "Zg==Zg==", "Zm=v", " Zm9v", "Zm9v\n", "Zm8=="}) {
        EXPECT_FALSE(decode_base64(text)) << text;
    }
}

}  // namespace
}  // namespace sluice::crypto
