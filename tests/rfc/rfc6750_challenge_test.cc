// RFC 6750 at a protected resource: where a token may stand, and what refusals say.
#include <gtest/gtest.h>

#include <algorithm>

#include "http/request_builder.h"
#include "resource/metadata/challenge.h"
#include "resource/tokens/bearer.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

constexpr std::string_view metadata =
    "https://box.example/.well-known/oauth-protected-resource/mcp";

TEST(Rfc6750, TheAuthorizationFieldCarriesTheToken) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    post.field("Authorization", "Bearer mF_9.B5f-4.1JqM");
    EXPECT_EQ(find_bearer(post.request()), "mF_9.B5f-4.1JqM");
}

TEST(Rfc6750, TheSchemeIsTakenInAnyCase) {
    EXPECT_EQ(parse_bearer("bearer abc"), "abc");
    EXPECT_EQ(parse_bearer("BEARER  abc=="), "abc==");
}

TEST(Rfc6750, TwoAuthorizationFieldsAreABadRequest) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    post.field("Authorization", "Bearer abc").field("authorization", "Bearer abc");
    EXPECT_EQ(find_bearer(post.request()).error(), BearerFault::malformed);
}

TEST(Rfc6750, WhatIsNoTokenIsABadRequest) {
    for (const std::string_view value :
         {"Bearer", "Bearer ", "Bearer a b", "Bearer \"abc\"", "Bearer =", "Bearer a,b",
          "Bearer \xc3\xa4", "Bearer a=b"}) {
        EXPECT_EQ(parse_bearer(value).error(), BearerFault::malformed) << value;
    }
}

TEST(Rfc6750, ATokenMayBeAsLongAsTheHeader) {
    const std::string field = "Bearer " + std::string(30'000, 'a');
    EXPECT_EQ(parse_bearer(field), field.substr(7));
}

TEST(Rfc6750, AnotherSchemeIsNoCredential) {
    EXPECT_EQ(parse_bearer("Basic dXNlcjpwYXNz").error(), BearerFault::missing);
    EXPECT_EQ(parse_bearer("").error(), BearerFault::missing);
    EXPECT_EQ(parse_bearer("Bearerabc").error(), BearerFault::missing);
}

TEST(Rfc6750, TokensInQueryBodyAndCookieAreNotLookedAt) {
    http::RequestBuilder post(http::Method::post, "/mcp?access_token=abc");
    post.field("Cookie", "access_token=abc").body("access_token=abc");
    EXPECT_EQ(find_bearer(post.request()).error(), BearerFault::missing);
}

TEST(Rfc6750, AChallengeWithoutCredentialsHasNoError) {
    const token::ScopeSet scope = scopes("mcp:read");
    EXPECT_EQ(challenge_text({.scope = &scope, .resource_metadata = metadata}),
              "Bearer resource_metadata=\"https://box.example/.well-known/"
              "oauth-protected-resource/mcp\", scope=\"mcp:read\"");
}

TEST(Rfc6750, AChallengeToABadTokenNamesTheError) {
    EXPECT_EQ(challenge_text({.error = "invalid_token",
                              .error_description = "The token has expired",
                              .resource_metadata = "https://box.example/m"}),
              "Bearer error=\"invalid_token\", resource_metadata=\"https://box.example/m\", "
              "error_description=\"The token has expired\"");
}

TEST(Rfc6750, AStepUpAsksForAllThatIsGrantedAndAllThatIsNeeded) {
    EXPECT_EQ(step_up_scope(scopes("openid mcp:read offline_access"), scopes("mcp:read mcp:write"))
                  .text(),
              "openid mcp:read mcp:write");
}

TEST(Rfc6750, NoValueCanBreakOutOfItsQuotes) {
    const PooledText text =
        challenge_text({.error = "invalid_token",
                        .error_description = "x\", scope=\"admin\\\r\nSet-Cookie: a\x7f",
                        .resource_metadata = metadata});
    EXPECT_FALSE(has(text, "\r"));
    EXPECT_FALSE(has(text, "\n"));
    EXPECT_FALSE(has(text, "\\"));
    EXPECT_FALSE(has(text, "scope="));  // clients look for it by pattern
    EXPECT_EQ(std::ranges::count(text, '"'), 6);
}

}  // namespace
}  // namespace sluice::resource
