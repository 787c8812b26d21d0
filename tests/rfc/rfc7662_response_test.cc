// Introspection responses as RFC 7662 §2.2 prints them.
#include <gtest/gtest.h>

#include <string>

#include "token/introspection.h"

namespace sluice::token {
namespace {

TEST(Rfc7662Response, OfTheExampleInSection2_2IsRead) {
    const auto answer = parse_introspection_json(R"({
      "active": true,
      "client_id": "l238j323ds-23ij4",
      "username": "jdoe",
      "scope": "read write dolphin",
      "sub": "Z5O3upPC88QrAjx00dis",
      "aud": "https://protected.example.net/resource",
      "iss": "https://server.example.com/",
      "exp": 1419356238,
      "iat": 1419350238,
      "extension_field": "twenty-seven"
     })");
    ASSERT_TRUE(answer && *answer);
    const TokenInfo& info = **answer;
    EXPECT_EQ(info.client_id, "l238j323ds-23ij4");
    EXPECT_EQ(info.username, "jdoe");
    EXPECT_EQ(info.scope.text(), "read write dolphin");
    EXPECT_EQ(info.subject, "Z5O3upPC88QrAjx00dis");
    EXPECT_EQ(info.issuer, "https://server.example.com/");
    EXPECT_EQ(info.expires_at, 1'419'356'238);
    EXPECT_EQ(info.issued_at, 1'419'350'238);
    EXPECT_EQ(info.not_before, std::nullopt);
    EXPECT_TRUE(
        info.is_for(ResourceIdentifier::parse("https://protected.example.net/resource").value()));
    EXPECT_TRUE(info.is_current(1'419'356'237));
    EXPECT_FALSE(info.is_current(1'419'356'238));
}

TEST(Rfc7662Response, OfAnInactiveTokenSaysNothingElse) {
    const auto answer = parse_introspection_json(inactive_json);
    ASSERT_TRUE(answer);
    EXPECT_FALSE(*answer);
    EXPECT_EQ(inactive_json, R"({"active":false})");
}

TEST(Rfc7662Response, NeverHoldsANull) {
    TokenInfo info;
    std::string json;
    append_introspection_json(json, info);
    info.scope = ScopeSet::parse("null").value();
    info.audience = {"a", "b"};
    append_introspection_json(json, info);
    EXPECT_EQ(json, R"({"active":true}{"active":true,"scope":"null","aud":["a","b"]})");
}

}  // namespace
}  // namespace sluice::token
