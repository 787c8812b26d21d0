// Small rules on ASCII text.
#include "base/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

TEST(Ascii, FoldsTheCaseOfAsciiLettersOnly) {
    for (int c = 0; c < 256; ++c) {
        const bool upper = c >= 'A' && c <= 'Z';
        EXPECT_EQ(static_cast<unsigned char>(to_lower(static_cast<char>(c))), upper ? c + 32 : c);
    }
    EXPECT_EQ(to_lower("AZ[`az\xc3\x84"), "az[`az\xc3\x84");
}

TEST(Ascii, ComparesIgnoringCase) {
    EXPECT_TRUE(equal_ignoring_case("Content-Type", "content-tYPE"));
    EXPECT_TRUE(equal_ignoring_case("", ""));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("@", "`"));
    EXPECT_FALSE(equal_ignoring_case("[", "{"));
}

TEST(Ascii, TrimsSpacesAndTabsAtBothEnds) {
    EXPECT_EQ(trim(" \t a b\t "), "a b");
    EXPECT_EQ(trim("\na\r"), "\na\r");
    EXPECT_EQ(trim(" \t "), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Ascii, ReadsDecimalDigitsAndNothingElse) {
    EXPECT_EQ(parse_decimal("0"), 0U);
    EXPECT_EQ(parse_decimal("007"), 7U);
    EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
    for (const std::string_view text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1e3", "1_000",
                                        "18446744073709551616", "99999999999999999999999", "a"}) {
        EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_decimal(std::string_view("1\0", 2)), std::nullopt);
}

}  // namespace
}  // namespace sluice
