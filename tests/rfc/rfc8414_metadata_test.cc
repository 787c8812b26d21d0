// Authorization server metadata: RFC 8414, RFC 9207 §3, and where clients look for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/oauth_server.h"
#include "tests/support/oauth_settings.h"

namespace sluice::oauth_test {
namespace {

TEST(Metadata, TellsEverythingFromTheSettingsAndNothingFromTheRequest) {
    Servers servers(test_settings());
    Sent sent{http::Method::get, "/.well-known/oauth-authorization-server"};
    sent.field("Host", "evil.example").field("X-Forwarded-Host", "evil.example");
    const Answer answer = servers.call("metadata", sent);
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_FALSE(answer.body().contains("evil"));
    EXPECT_EQ(answer.json("issuer"), "https://as.example");
    EXPECT_EQ(answer.json("authorization_endpoint"), "https://as.example/authorize");
    EXPECT_EQ(answer.json("token_endpoint"), "https://as.example/token");
    EXPECT_EQ(answer.json("registration_endpoint"), "https://as.example/register");
    EXPECT_EQ(answer.json("revocation_endpoint"), "https://as.example/revoke");
    EXPECT_EQ(answer.json("introspection_endpoint"), "https://as.example/introspect");
    EXPECT_EQ(answer.json("code_challenge_methods_supported"), R"(["S256"])");
    EXPECT_EQ(answer.json("authorization_response_iss_parameter_supported"), "true");
    EXPECT_EQ(answer.json("response_types_supported"), R"(["code"])");
    EXPECT_EQ(answer.json("scopes_supported"), R"(["mcp:read","mcp:write","offline_access"])");
    EXPECT_EQ(answer.json("grant_types_supported"),
              R"(["authorization_code","refresh_token","client_credentials",)"
              R"("urn:ietf:params:oauth:grant-type:device_code"])");
    EXPECT_EQ(answer.json("token_endpoint_auth_methods_supported"),
              R"(["none","client_secret_basic","client_secret_post","private_key_jwt"])");
    EXPECT_EQ(answer.json("jwks_uri"), "") << "no JWTs are issued";
    EXPECT_EQ(answer.json("client_id_metadata_document_supported"), "true");
    EXPECT_FALSE(answer.body().contains("null"));
}

TEST(Metadata, PreflightsAreAnsweredWithoutAuthentication) {
    Servers servers(test_settings());
    Sent sent{http::Method::options, "/token"};
    sent.field("Origin", "https://browser.example")
        .field("Access-Control-Request-Headers", "authorization,mcp-protocol-version");
    const Answer answer = servers.call("token", sent);
    EXPECT_EQ(answer.status(), 204);
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_TRUE(answer.field("Access-Control-Allow-Headers").contains("MCP-Protocol-Version"));
    EXPECT_TRUE(answer.field("Access-Control-Allow-Headers").contains("Authorization"));
}

class Routes : public testing::Test {
protected:
    static bool serves(const oauth::Settings& settings, http::Method method,
                       std::string_view path) {
        return std::ranges::any_of(oauth::routes(settings), [&](const oauth::Route& route) {
            return route.method == method && route.path == path;
        });
    }
    oauth::Settings settings = test_settings();
};

TEST_F(Routes, AnIssuerAtTheRootIsFoundWhereClientsLook) {
    for (const char* path :
         {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"}) {
        EXPECT_TRUE(serves(settings, http::Method::get, path)) << path;
        EXPECT_TRUE(serves(settings, http::Method::options, path)) << path;
    }
    EXPECT_FALSE(
        serves(settings, http::Method::get, "/.well-known/oauth-authorization-server/mcp"));
}

TEST_F(Routes, AnIssuerWithAPathIsFoundInsertedAppendedAndAtTheRoot) {
    settings.issuer = "https://as.example/tenant/a";
    for (const char* path :
         {"/.well-known/oauth-authorization-server/tenant/a",
          "/.well-known/openid-configuration/tenant/a",
          "/tenant/a/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
          "/.well-known/openid-configuration"}) {
        EXPECT_TRUE(serves(settings, http::Method::get, path)) << path;
    }
    for (const char* path : {"/tenant/a/token", "/token", "/register", "/tenant/a/introspect"}) {
        EXPECT_TRUE(serves(settings, http::Method::post, path)) << path;
    }
    EXPECT_TRUE(serves(settings, http::Method::get, "/tenant/a/authorize"));
}

TEST_F(Routes, NoPreflightOpensTheAuthorizationEndpointNorIntrospectionToAGet) {
    EXPECT_FALSE(serves(settings, http::Method::options, "/authorize"));
    EXPECT_FALSE(serves(settings, http::Method::get, "/introspect"));
    EXPECT_FALSE(serves(settings, http::Method::get, "/token"));
}

}  // namespace
}  // namespace sluice::oauth_test
