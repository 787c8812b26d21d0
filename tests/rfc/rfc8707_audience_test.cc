// RFC 8707 at the resource's side: a token is good only where it was meant for.
#include <gtest/gtest.h>

#include "resource/tokens/verifier.h"

namespace sluice::resource {
namespace {

constexpr std::string_view issuer = "https://box.example";
constexpr std::int64_t now = 1'800'000'000;

token::TokenInfo good_token() {
    token::TokenInfo info;
    info.audience = {"https://box.example/mcp"};
    info.issuer = issuer;
    info.expires_at = now + 60;
    return info;
}

std::expected<void, TokenError> check(const token::TokenInfo& info) {
    return check_claims(info, token::ResourceIdentifier::parse("https://box.example/mcp").value(),
                        issuer, now);
}

TEST(Rfc8707, ATokenForThisResourceIsTaken) {
    EXPECT_TRUE(check(good_token()).has_value());
}

TEST(Rfc8707, SpellingsOfOneResourceAreOneAudience) {
    token::TokenInfo info = good_token();
    for (const std::string_view spelling :
         {"https://box.example/mcp/", "HTTPS://BOX.example:443/mcp"}) {
        info.audience = {std::string(spelling)};
        EXPECT_TRUE(check(info).has_value()) << spelling;
    }
}

TEST(Rfc8707, ATokenForAnotherResourceIsRefused) {
    token::TokenInfo info = good_token();
    for (const std::string_view other :
         {"https://box.example", "https://box.example/mcp2", "https://box.example/mcp/sub",
          "http://box.example/mcp", "https://evil.example/mcp", ""}) {
        info.audience = {std::string(other)};
        EXPECT_EQ(check(info).error().fault, TokenFault::wrong_audience) << other;
    }
}

TEST(Rfc8707, ATokenWithoutAudienceIsRefused) {
    token::TokenInfo info = good_token();
    info.audience.clear();
    EXPECT_EQ(check(info).error().fault, TokenFault::wrong_audience);
}

TEST(Rfc8707, OneOfSeveralAudiencesIsEnough) {
    token::TokenInfo info = good_token();
    info.audience = {"https://other.example", "https://box.example/mcp"};
    EXPECT_TRUE(check(info).has_value());
}

TEST(Rfc8707, AnotherIssuerIsRefusedAndNoneTakesTheAnswersWord) {
    token::TokenInfo info = good_token();
    info.issuer = "https://evil.example";
    EXPECT_EQ(check(info).error().fault, TokenFault::wrong_issuer);
    info.issuer.clear();
    EXPECT_TRUE(check(info).has_value());
}

TEST(Rfc8707, ATokenOutsideOfItsTimeIsInactive) {
    token::TokenInfo info = good_token();
    info.expires_at = now;
    EXPECT_EQ(check(info).error().fault, TokenFault::inactive);
    info = good_token();
    info.not_before = now + 1;
    EXPECT_EQ(check(info).error().fault, TokenFault::inactive);
}

}  // namespace
}  // namespace sluice::resource
