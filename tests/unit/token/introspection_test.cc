// Introspection answers (RFC 7662 §2.2): what Sluice writes, and what any server may answer.
#include "token/introspection.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::token {
namespace {

std::string written(const TokenInfo& info) {
    std::string json;
    append_introspection_json(json, info);
    return json;
}

/// "active", "inactive", "unusable" (the token, for good), or "error" (the server).
std::string read(std::string_view json) {
    const auto answer = parse_introspection_json(json);
    if (!answer) return answer.error().concerns_token ? "unusable" : "error";
    return *answer ? "active" : "inactive";
}

TokenInfo info_of(std::string_view json) {
    return parse_introspection_json(json).value().value();
}

TokenInfo full_info() {
    TokenInfo info;
    info.scope = ScopeSet::parse("mcp:read mcp:write").value();
    info.client_id = "client";
    info.username = "alice";
    info.token_type = "Bearer";
    info.expires_at = 1'790'003'600;
    info.issued_at = 1'790'000'000;
    info.not_before = 1'790'000'000;
    info.subject = "user-1";
    info.audience = {"https://api.example/mcp"};
    info.issuer = "https://auth.example";
    info.token_id = "id-1";
    return info;
}

TEST(IntrospectionJson, WritesItsMembersInADocumentedOrder) {
    EXPECT_EQ(
        written(full_info()),
        R"({"active":true,"scope":"mcp:read mcp:write","client_id":"client","username":"alice",)"
        R"("token_type":"Bearer","exp":1790003600,"iat":1790000000,"nbf":1790000000,)"
        R"("sub":"user-1","aud":"https://api.example/mcp","iss":"https://auth.example",)"
        R"("jti":"id-1"})");
}

TEST(IntrospectionJson, LeavesOutWhatIsNotKnown) {
    EXPECT_EQ(written(TokenInfo{}), R"({"active":true})");
    TokenInfo info;
    info.client_id = "service";
    info.expires_at = 0;
    EXPECT_EQ(written(info), R"({"active":true,"client_id":"service","exp":0})");
}

TEST(IntrospectionJson, WritesSeveralAudiencesAsAnArray) {
    TokenInfo info;
    info.audience = {"https://a", "https://b"};
    EXPECT_EQ(written(info), R"({"active":true,"aud":["https://a","https://b"]})");
}

TEST(IntrospectionJson, EscapesWhatPeopleChose) {
    TokenInfo info;
    info.username = "a\"b\\c\n\xff";
    EXPECT_EQ(written(info), "{\"active\":true,\"username\":\"a\\\"b\\\\c\\n\xef\xbf\xbd\"}");
}

TEST(IntrospectionJson, ReadsBackWhatItWrites) {
    TokenInfo info = full_info();
    EXPECT_EQ(written(info_of(written(info))), written(info));
    info.audience.push_back("https://other.example");
    EXPECT_EQ(written(info_of(written(info))), written(info));
}

TEST(IntrospectionAnswer, IsActiveOnlyByAJsonTrue) {
    EXPECT_EQ(read(R"({"active":true})"), "active");
    EXPECT_EQ(read(R"({"active":false})"), "inactive");
    EXPECT_EQ(read(inactive_json), "inactive");
    EXPECT_EQ(read(R"({"active":false,"scope":5,"exp":"never"})"), "inactive");
    for (const std::string_view json :
         {R"({"active":"true"})", R"({"active":1})", R"({"active":null})", R"({"active":[true]})",
          R"({"active":true,"active":true})", R"({"active":true,"active":false})"}) {
        EXPECT_EQ(read(json), "unusable") << json;
    }
    for (const std::string_view json :
         {R"({"Active":true})", R"({})", R"({"scope":"a"})", R"([true])", R"(true)", "", "active",
          R"({"active":true)", R"({"active":true}{"active":true})", "<html></html>"}) {
        EXPECT_EQ(read(json), "error") << json;
    }
}

TEST(IntrospectionAnswer, HasOneAudienceOrSeveral) {
    EXPECT_EQ(info_of(R"({"active":true,"aud":"https://a"})").audience,
              std::vector<std::string>{"https://a"});
    EXPECT_EQ(info_of(R"({"active":true,"aud":["https://a","b"]})").audience,
              (std::vector<std::string>{"https://a", "b"}));
    EXPECT_TRUE(info_of(R"({"active":true,"aud":[]})").audience.empty());
    // What is no text names no resource: the token is good for none by it.
    EXPECT_TRUE(info_of(R"({"active":true,"aud":5})").audience.empty());
    EXPECT_TRUE(info_of(R"({"active":true,"aud":{"a":"b"}})").audience.empty());
    EXPECT_EQ(info_of(R"({"active":true,"aud":["https://a",5,["b"]]})").audience,
              std::vector<std::string>{"https://a"});
}

TEST(IntrospectionAnswer, HasTimesThatAreNumbersOrTheirTexts) {
    const TokenInfo info = info_of(R"({"active":true,"exp":1790000000.9,"iat":1.79e9,"nbf":-0.5})");
    EXPECT_EQ(info.expires_at, 1'790'000'000);
    EXPECT_EQ(info.issued_at, 1'790'000'000);
    EXPECT_EQ(info.not_before, -1);
    EXPECT_EQ(info_of(R"({"active":true,"exp":"1790000000"})").expires_at, 1'790'000'000);
    EXPECT_EQ(info_of(R"({"active":true,"nbf":"1790000000.9"})").not_before, 1'790'000'000);
    EXPECT_EQ(info_of(R"({"active":true,"iat":"yesterday"})").issued_at, std::nullopt);
    for (const std::string_view time :
         {R"("tomorrow")", R"("")", R"("1790000000x")", R"("inf")", R"("nan")", "true", "[]", "{}",
          "1e300", "-1e300", "9223372036854775807", "18446744073709551615", "1e999999"}) {
        EXPECT_EQ(read(R"({"active":true,"exp":)" + std::string(time) + "}"), "unusable") << time;
        EXPECT_EQ(read(R"({"active":true,"nbf":)" + std::string(time) + "}"), "unusable") << time;
    }
}

TEST(IntrospectionAnswer, MayHoldNullsAndMembersOfItsOwn) {
    const TokenInfo info =
        info_of(R"({"ext":{"a":[1,null]},"username":null,"aud":null,"exp":null,"scope":null,)"
                R"("client_id":"c","active":true,"permissions":["x"]})");
    EXPECT_EQ(written(info), R"({"active":true,"client_id":"c"})");
}

TEST(IntrospectionAnswer, MayListItsScopes) {
    const auto scope = [](std::string_view json) {
        return std::string(
            info_of(R"({"active":true,"scope":)" + std::string(json) + "}").scope.text());
    };
    EXPECT_EQ(scope(R"(["a","b"])"), "a b");
    EXPECT_EQ(scope(R"(["a b","c"])"), "a b c");
    EXPECT_EQ(scope(R"(["a",5,null,["b"],"c"])"), "a c");
    for (const std::string_view nothing : {"[]", "5", "true", "{}", R"("a\"b")", R"(["a\"b"])"}) {
        EXPECT_EQ(scope(nothing), "") << nothing;
    }
}

TEST(IntrospectionAnswer, MayNumberItsUsersAndClients) {
    const TokenInfo info = info_of(R"({"active":true,"sub":1234,"client_id":77})");
    EXPECT_EQ(info.subject, "1234");
    EXPECT_EQ(info.client_id, "77");
}

TEST(IntrospectionAnswer, IsOfNoUseWhereATokenStandsOrFallsByWhatCannotBeRead) {
    ASSERT_EQ(read(R"({"active":true,"sub":"5"})"), "active");
    for (const std::string_view name : {"client_id", "token_type", "sub", "iss"}) {
        for (const std::string_view value :
             {"true", "[]", "{}", R"(["a"])", "1.5", R"("\ud83d")"}) {
            const std::string json =
                R"({"active":true,")" + std::string(name) + "\":" + std::string(value) + "}";
            EXPECT_EQ(read(json), "unusable") << json;
        }
        const std::string twice = R"({"active":true,")" + std::string(name) + R"(":"a",")" +
                                  std::string(name) + R"(":"b"})";
        EXPECT_EQ(read(twice), "unusable") << twice;
    }
    for (const std::string_view name : {"username", "jti", "iat"}) {
        for (const std::string_view value : {"true", "[]", "{}", R"(["a"])"}) {
            const std::string json =
                R"({"active":true,")" + std::string(name) + "\":" + std::string(value) + "}";
            EXPECT_EQ(read(json), "active") << json;
        }
    }
    EXPECT_EQ(read(R"({"active":true,"ext":{"a":1e400,"a":12345678901234567890123}})"), "active");
}

TEST(TokenInfo, IsCurrentFromNotBeforeUntilExpiry) {
    TokenInfo info;
    EXPECT_TRUE(info.is_current(0));
    info.not_before = 100;
    info.expires_at = 200;
    EXPECT_FALSE(info.is_current(99));
    EXPECT_TRUE(info.is_current(100));
    EXPECT_TRUE(info.is_current(199));
    EXPECT_FALSE(info.is_current(200));
}

TEST(TokenInfo, IsForAResourceThatIsAmongItsAudiences) {
    const auto resource = ResourceIdentifier::parse("https://api.example/mcp").value();
    TokenInfo info;
    EXPECT_FALSE(info.is_for(resource)) << "no audience is not every audience";
    info.audience = {"https://other.example", "not a url"};
    EXPECT_FALSE(info.is_for(resource));
    info.audience.push_back("https://api.example/mcp/");
    EXPECT_TRUE(info.is_for(resource));
}

}  // namespace
}  // namespace sluice::token
