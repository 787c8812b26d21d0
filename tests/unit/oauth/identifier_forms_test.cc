// The forms of client identifiers and of typed user codes.
#include <gtest/gtest.h>

#include <string>

#include "oauth/client_id.h"
#include "oauth/user_code.h"

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

}  // namespace
}  // namespace sluice::oauth
