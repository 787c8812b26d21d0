// Dynamic client registration: RFC 7591, redirect URIs of RFC 8252.
#include <gtest/gtest.h>

#include "oauth/client_id.h"
#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

constexpr std::string_view native = R"({"client_name":"Editor",
    "redirect_uris":["http://localhost:49152/callback"],
    "grant_types":["authorization_code","refresh_token"],"response_types":["code"],
    "token_endpoint_auth_method":"none","application_type":"native","scope":"mcp:read"})";

class RegistrationTest : public testing::Test {
protected:
    Answer post(std::string_view json, std::string_view authorization = {}, unsigned shard = 0) {
        Sent sent = json_post("/register", json);
        if (!authorization.empty()) sent.field("Authorization", authorization);
        return servers.call("register", sent, shard);
    }
    Answer post_uri(std::string_view uri) {
        return post(R"({"token_endpoint_auth_method":"none","redirect_uris":[")" +
                    std::string(uri) + "\"]}");
    }

    Servers servers{test_settings(), 3};
};

TEST_F(RegistrationTest, TheAnswerHoldsAllThatWasRegisteredAndNoNull) {
    const Answer answer = post(native);
    EXPECT_EQ(answer.status(), 201) << answer.body();
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_TRUE(oauth::is_client_id(answer.json("client_id")));
    EXPECT_EQ(answer.json("client_id_issued_at"),
              std::to_string(numeric_date(servers.clock.wall())));
    EXPECT_EQ(answer.json("redirect_uris"), R"(["http://localhost:49152/callback"])");
    EXPECT_EQ(answer.json("grant_types"), R"(["authorization_code","refresh_token"])");
    EXPECT_EQ(answer.json("response_types"), R"(["code"])");
    EXPECT_EQ(answer.json("token_endpoint_auth_method"), "none");
    EXPECT_EQ(answer.json("application_type"), "native");
    EXPECT_EQ(answer.json("client_name"), "Editor");
    EXPECT_EQ(answer.json("scope"), "mcp:read");
    EXPECT_EQ(answer.json("client_secret"), "");
    EXPECT_FALSE(answer.body().contains("null"));
}

TEST_F(RegistrationTest, TheClientIsKnownOnEveryShardAtOnce) {
    const std::string client_id = post(native, {}, 1).json("client_id");
    Parameters request = authorization_request();
    request["client_id"] = client_id;
    request["redirect_uri"] = "http://localhost:5555/callback";
    for (unsigned shard = 0; shard < 3; ++shard) {
        Browser browser(servers, shard);
        Parameters redeem = TokenClient::code_request(browser.code(request), client_id);
        redeem["redirect_uri"] = "http://localhost:5555/callback";
        const Answer tokens = TokenClient(servers, (shard + 2) % 3).token(redeem);
        EXPECT_EQ(tokens.status(), 200) << tokens.body();
        // The scope of the registration is no ceiling.
        EXPECT_EQ(tokens.json("scope"), "mcp:read mcp:write");
        EXPECT_NE(tokens.json("refresh_token"), "");
    }
}

TEST_F(RegistrationTest, APublicClientThatRegistersAgainIsTheSameClient) {
    const std::string client_id = post(native).json("client_id");
    std::string again(native);
    again.replace(again.find("49152"), 5, "50000");
    EXPECT_EQ(post(again).json("client_id"), client_id);
    again.replace(again.find("\"mcp:read\""), 10, "\"mcp:write\"");
    const Answer third = post(again);
    EXPECT_EQ(third.json("client_id"), client_id);
    EXPECT_EQ(third.json("scope"), "mcp:write");
    EXPECT_EQ(third.json("redirect_uris"), R"(["http://localhost:50000/callback"])");
    again.replace(again.find("Editor"), 6, "Other!");
    EXPECT_NE(post(again).json("client_id"), client_id);
}

TEST_F(RegistrationTest, AConfidentialClientGetsItsOwnSecretEachTime) {
    constexpr std::string_view json = R"({"redirect_uris":["https://app.example/cb2"]})";
    const Answer first = post(json);
    const Answer second = post(json);
    EXPECT_EQ(first.status(), 201) << first.body();
    EXPECT_EQ(first.json("token_endpoint_auth_method"), "client_secret_basic");
    EXPECT_EQ(first.json("client_secret_expires_at"), "0");
    EXPECT_NE(first.json("client_id"), second.json("client_id"));
    EXPECT_NE(first.json("client_secret"), second.json("client_secret"));
    for (const char c : first.json("client_secret") + first.json("client_id")) {
        EXPECT_TRUE(is_alpha(c) || is_digit(c) || c == '-' || c == '_');
    }
    const Parameters refresh{{"grant_type", "refresh_token"}, {"refresh_token", "x"}};
    TokenClient client(servers);
    EXPECT_EQ(
        client.token(refresh, basic(first.json("client_id"), first.json("client_secret"))).error(),
        "invalid_grant");
    EXPECT_EQ(
        client.token(refresh, basic(first.json("client_id"), second.json("client_secret"))).error(),
        "invalid_client");
}

TEST_F(RegistrationTest, WithoutGrantTypesAClientGetsCodesAndRefresh) {
    const Answer answer = post_uri("https://app.example/cb");
    EXPECT_EQ(answer.json("grant_types"), R"(["authorization_code","refresh_token"])");
    EXPECT_EQ(answer.json("response_types"), R"(["code"])");
}

TEST_F(RegistrationTest, NobodyGrantsThemselvesClientCredentials) {
    const Answer mixed = post(R"({"redirect_uris":["https://app.example/cb"],"grant_types":[
        "authorization_code","client_credentials","implicit"],"scope":"admin mcp:read"})");
    EXPECT_EQ(mixed.status(), 201);
    EXPECT_EQ(mixed.json("grant_types"), R"(["authorization_code"])");
    const std::string header = basic(mixed.json("client_id"), mixed.json("client_secret"));
    TokenClient client(servers);
    EXPECT_EQ(client.token({{"grant_type", "client_credentials"}}, header).error(),
              "unauthorized_client");
    EXPECT_EQ(post(R"({"grant_types":["client_credentials"]})").error(), "invalid_client_metadata");
    // Nor a way to see other clients' tokens, an identifier or a secret of their own choice.
    const Answer chosen = post(R"({"redirect_uris":["https://app.example/cb"],"client_id":"pub",
        "client_secret":"mine","introspect":true,"admin":true})");
    EXPECT_EQ(chosen.status(), 201);
    EXPECT_NE(chosen.json("client_id"), "pub");
    EXPECT_NE(chosen.json("client_secret"), "mine");
    EXPECT_EQ(chosen.json("introspect"), "");
    Sent question =
        form_post("/introspect", encode({{"token", client.sign_in().json("access_token")}}));
    question.field("Authorization", basic(chosen.json("client_id"), chosen.json("client_secret")));
    EXPECT_EQ(servers.call("introspect", question).body(), R"({"active":false})");
}

TEST_F(RegistrationTest, BadMetadataIsRefused) {
    const auto with = [&](std::string_view more) {
        return post(R"({"redirect_uris":["https://app.example/cb"],)" + std::string(more) + "}");
    };
    EXPECT_EQ(with(R"("client_name":"fine")").status(), 201);
    for (const char* more :
         {R"("client_name":5)", R"("client_name":"a\nb")", R"("token_endpoint_auth_method":"x")",
          R"("token_endpoint_auth_method":"private_key_jwt")", R"("grant_types":"code")",
          R"("response_types":["token"])", R"("application_type":"toaster")",
          R"("client_uri":"javascript:1")", R"("logo_uri":"file:///x")", R"("contacts":"me")",
          R"("scope":{"a":1})", R"("scope":"a\"b")"}) {
        const Answer answer = with(more);
        EXPECT_EQ(answer.status(), 400) << more;
        EXPECT_EQ(answer.error(), "invalid_client_metadata") << more;
    }
    for (const char* body : {"", "null", "[]", "\"x\"", "{", "{\"a\":1,\"a\":2}"}) {
        EXPECT_EQ(post(body).error(), "invalid_client_metadata") << body;
    }
    EXPECT_EQ(post(std::string(200'000, '[')).status(), 400);
    EXPECT_EQ(servers.call("register", form_post("/register", "redirect_uris=x")).error(),
              "invalid_client_metadata");
}

TEST_F(RegistrationTest, NullAndAbsentMembersAreTheSame) {
    const Answer answer = post(R"({"redirect_uris":["https://app.example/cb"],"client_name":null,
        "scope":null,"contacts":null,"grant_types":null,"logo_uri":null})");
    EXPECT_EQ(answer.status(), 201) << answer.body();
    EXPECT_FALSE(answer.body().contains("null"));
}

TEST_F(RegistrationTest, ScopeComesBackAsAskedOrAsTheDefault) {
    EXPECT_EQ(post_uri("https://app.example/cb").json("scope"), "mcp:read");
    const auto scope_of = [&](std::string_view asked) {
        return post(R"({"redirect_uris":["https://app.example/cb"],"scope":)" + std::string(asked) +
                    "}")
            .json("scope");
    };
    EXPECT_EQ(scope_of(R"(["mcp:write","offline_access"])"), "mcp:write offline_access");
    // Only what there is: clients ask for all that the answer names, and would be refused.
    EXPECT_EQ(scope_of(R"("user:email mcp:write")"), "mcp:write");
    EXPECT_EQ(scope_of(R"("user:email")"), "mcp:read");
}

TEST_F(RegistrationTest, RedirectUrisAreFewAndShort) {
    const auto post_uris = [&](int count, std::size_t size) {
        std::string json = R"({"redirect_uris":["https://app.example/0")";
        for (int i = 1; i < count; ++i) {
            const std::string uri = "https://app.example/" + std::to_string(i) + "/";
            json += ",\"" + uri + std::string(size - uri.size(), 'x') + "\"";
        }
        return post(json + "]}");
    };
    EXPECT_EQ(post_uris(16, 100).status(), 201);
    EXPECT_EQ(post_uris(17, 100).error(), "invalid_redirect_uri");
    EXPECT_EQ(post_uris(3, 2000).status(), 201);
    EXPECT_EQ(post_uris(4, 2000).error(), "invalid_redirect_uri");
}

}  // namespace
}  // namespace sluice::oauth_test
