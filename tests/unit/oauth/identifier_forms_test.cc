// The forms of client identifiers and of typed user codes.
#include <gtest/gtest.h>

#include <string>

#include "oauth/client_id.h"
#include "oauth/device/user_code.h"

namespace sluice::oauth {
namespace {

TEST(ClientId, HasLettersDigitsHyphensAndUnderscoresOnly) {
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int c = 0; c < 256; ++c) {
        const bool is_allowed = allowed.find(static_cast<char>(c)) != std::string_view::npos;
        EXPECT_EQ(is_client_id(std::string("client") + static_cast<char>(c)), is_allowed) << c;
    }
}

TEST(ClientId, Has1To256Characters) {
    EXPECT_FALSE(is_client_id(""));
    EXPECT_TRUE(is_client_id("a"));
    EXPECT_TRUE(is_client_id(std::string(256, 'a')));
    EXPECT_FALSE(is_client_id(std::string(257, 'a')));
}

TEST(UserCode, HasOneSpellingHoweverItIsTyped) {
    for (const std::string_view typed :
         {"WDJB-MJHT", "wdjbmjht", " wdjb mjht\n", "W-D-J-B-M-J-H-T", "wd\tjb--mj\r\nht"}) {
        EXPECT_EQ(normalize_user_code(typed), "WDJB-MJHT") << typed;
    }
}

TEST(UserCode, OfAnotherLengthGetsNoHyphen) {
    EXPECT_EQ(normalize_user_code(""), "");
    EXPECT_EQ(normalize_user_code("wdjb-mjh"), "WDJBMJH");
    EXPECT_EQ(normalize_user_code("wdjb-mjhtx"), "WDJBMJHTX");
}

TEST(UserCode, DropsWhateverIsNoLetterAndNoDigit) {
    for (const std::string_view typed :
         {"wdjb_mjht", "(WDJB) MJHT", "wdjb+mjht", "wdjb/mj.ht", "wdjb\u2013mjht", "wdjb\u00a0mjht",
          "wd\xffjb\xc3mj\xe2\x80ht"}) {
        EXPECT_EQ(normalize_user_code(typed), "WDJB-MJHT") << typed;
    }
    EXPECT_EQ(normalize_user_code("wdjb%2Dmjht"), "WDJB2DMJHT");
    EXPECT_EQ(normalize_user_code("\u00e4djbmjht"), "\u00c4DJB-MJHT");
}

TEST(UserCode, IsMadeOfItsAlphabetAlone) {
    SeededRandom random(11);
    std::string seen;
    for (int i = 0; i < 200; ++i) {
        const std::string code = make_user_code(random);
        EXPECT_TRUE(is_user_code(code)) << code;
        EXPECT_EQ(normalize_user_code(code), code);
        seen += code;
    }
    for (const char c : user_code_alphabet) EXPECT_TRUE(seen.contains(c)) << c;
    for (const std::string_view wrong : {"", "WDJB", "WDJBMJHT", "WDJB-MJH", "WDJB-MJHTX",
                                         "WDJB-MJHA", "wdjb-mjht", "WDJB--MJHT", "-WDJBMJHT"}) {
        EXPECT_FALSE(is_user_code(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace sluice::oauth
