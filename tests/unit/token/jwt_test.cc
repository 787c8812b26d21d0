// Claims of JWTs: their types, and the time in which they are valid.
#include "token/jwt.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::token {
namespace {

Result<JwtClaims> parse(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    EXPECT_TRUE(document) << json;
    return JwtClaims::parse(document->root());
}

TEST(JwtClaims, AreReadByTheirTypes) {
    const auto claims = parse(
        R"({"iss":"https://a","sub":"bob","aud":["x","y"],"exp":100.5,"nbf":-1,"iat":99,"jti":"1"})");
    ASSERT_TRUE(claims) << claims.error().reason;
    EXPECT_EQ(claims->issuer, "https://a");
    EXPECT_EQ(claims->subject, "bob");
    EXPECT_EQ(claims->token_id, "1");
    EXPECT_EQ(claims->expires_at, 100.5);
    EXPECT_EQ(claims->not_before, -1);
    EXPECT_EQ(claims->issued_at, 99);
    EXPECT_TRUE(claims->is_for("x") && claims->is_for("y"));
    EXPECT_FALSE(claims->is_for("X") || claims->is_for("x/") || claims->is_for(""));
}

TEST(JwtClaims, ThatAreNullOrAbsentAreNotKnown) {
    for (const std::string_view json :
         {R"({})", R"({"iss":null,"sub":null,"aud":null,"exp":null,"nbf":null,"iat":null})",
          R"({"aud":[]})", R"({"aud":""})"}) {
        const auto claims = parse(json);
        ASSERT_TRUE(claims) << json;
        EXPECT_TRUE(claims->issuer.empty() && claims->subject.empty() && claims->audience.empty());
        EXPECT_FALSE(claims->expires_at || claims->not_before || claims->issued_at);
    }
}

TEST(JwtClaims, OfAnotherTypeAreRefused) {
    for (const std::string_view json :
         {R"([])", R"("text")", R"({"iss":5})", R"({"iss":["a"]})", R"({"sub":true})",
          R"({"jti":5})", R"({"aud":5})", R"({"aud":{}})", R"({"aud":["a",5]})", R"({"exp":"100"})",
          R"({"nbf":true})", R"({"iat":[1]})"}) {
        EXPECT_FALSE(parse(json)) << json;
    }
}

TEST(JwtTimes, AreBoundedWithLeeway) {
    const auto at = [](std::string_view json, double now) {
        return check_times(parse(json).value(), now, Seconds(60)).has_value();
    };
    EXPECT_TRUE(at(R"({"exp":1000})", 1059.9));
    EXPECT_FALSE(at(R"({"exp":1000})", 1060));
    EXPECT_TRUE(at(R"({"nbf":1000})", 940));
    EXPECT_FALSE(at(R"({"nbf":1000})", 939.9));
    EXPECT_TRUE(at(R"({"iat":1000})", 940));
    EXPECT_FALSE(at(R"({"iat":1000})", 939.9));
    EXPECT_TRUE(at("{}", 0)) << "what is absent bounds nothing";
    EXPECT_FALSE(at(R"({"exp":-1})", 1000));
    EXPECT_TRUE(at(R"({"exp":1e300})", 1000));
}

TEST(JwtTimes, CountFractionsOfSeconds) {
    EXPECT_EQ(to_numeric_date(WallTime{std::chrono::milliseconds{1'500}}), 1.5);
}

}  // namespace
}  // namespace sluice::token
