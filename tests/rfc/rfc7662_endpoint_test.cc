// The introspection endpoint (RFC 7662 §2) and the revocation endpoint (RFC 7009 §2).
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

constexpr std::string_view inactive = R"({"active":false})";

class IntrospectionTest : public testing::Test {
protected:
    Answer ask(const Sent& sent, unsigned shard = 0) {
        return servers.call("introspect", sent, shard);
    }
    Sent question(std::string_view text) {
        return form_post("/introspect", encode({{"token", std::string(text)}}));
    }
    Answer revoke(const Parameters& parameters, std::string_view authorization = {}) {
        Sent sent = form_post("/revoke", encode(parameters));
        if (!authorization.empty()) sent.field("Authorization", authorization);
        return servers.call("revoke", sent);
    }
    std::string access_of_conf() {
        return client.token({{"grant_type", "client_credentials"}}, basic("conf", conf_secret))
            .json("access_token");
    }

    Servers servers{test_settings(), 2};
    TokenClient client{servers};
};

TEST_F(IntrospectionTest, AnActiveTokenIsDescribed) {
    const std::string text = client.sign_in().json("access_token");
    const Answer answer = ask(question(text).field("Authorization", basic("rs", rs_secret)));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(answer.json("active"), "true");
    EXPECT_EQ(answer.json("scope"), "mcp:read mcp:write");
    EXPECT_EQ(answer.json("client_id"), "pub");
    EXPECT_EQ(answer.json("username"), "alice");
    EXPECT_EQ(answer.json("token_type"), "Bearer");
    EXPECT_EQ(answer.json("iss"), issuer);
    EXPECT_EQ(std::stoll(answer.json("exp")) - std::stoll(answer.json("iat")), 3600);
    EXPECT_EQ(std::stoll(answer.json("iat")), numeric_date(servers.clock.wall()));
}

TEST_F(IntrospectionTest, EverythingElseIsInactiveAndNothingMoreIsSaid) {
    const std::string expired = client.sign_in().json("access_token");
    servers.advance(std::chrono::hours{1});
    std::string changed = client.sign_in().json("access_token");
    changed[30] = changed[30] == 'x' ? 'y' : 'x';
    for (const std::string& text :
         {expired, changed, std::string("garbage"), std::string(100'000, 'a'),
          "sat_" + std::string(51, 'A'), Browser(servers).code()}) {
        const Answer answer = client.introspect(text);
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.body(), inactive);
    }
}

TEST_F(IntrospectionTest, TheCallerMustProveWhoItIs) {
    const std::string text = client.sign_in().json("access_token");
    EXPECT_EQ(ask(question(text)).status(), 401);
    EXPECT_EQ(ask(question(text)).error(), "invalid_client");
    EXPECT_NE(ask(question(text)).field("WWW-Authenticate"), "");
    EXPECT_EQ(ask(question(text).field("Authorization", basic("rs", "wrong"))).status(), 401);
    EXPECT_EQ(ask(question(text).field("Authorization", basic("nobody", "x"))).status(), 401);
    EXPECT_EQ(
        ask(form_post("/introspect", encode({{"token", text}, {"client_id", "pub"}}))).status(),
        401);
    EXPECT_EQ(ask(question(text).field("Authorization", "Bearer wrong")).status(), 401);
    EXPECT_TRUE(client.is_active(text));  // the control
}

TEST_F(IntrospectionTest, ACallerRememberedAsRightIsHeldToTheSameRules) {
    const std::string text = client.sign_in().json("access_token");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.is_active(text));
    EXPECT_EQ(
        ask(form_post("/introspect", "").field("Authorization", basic("rs", rs_secret))).error(),
        "invalid_request");
    Sent twice = question(text).field("Authorization", basic("rs", rs_secret));
    EXPECT_EQ(ask(twice.field("Authorization", basic("rs", rs_secret))).status(), 400);
    Sent both = form_post("/introspect", encode({{"token", text}, {"client_secret", "x"}}));
    EXPECT_EQ(ask(both.field("Authorization", basic("rs", rs_secret))).status(), 400);
    std::string nearly = basic("rs", rs_secret);
    nearly[10] = nearly[10] == 'x' ? 'y' : 'x';
    EXPECT_EQ(ask(question(text).field("Authorization", nearly)).status(), 401);
}

TEST_F(IntrospectionTest, TheOtherWaysToAskGiveTheSameAnswer) {
    const std::string text = client.sign_in().json("access_token");
    const std::string expected = client.introspect(text).body();
    EXPECT_EQ(ask(form_post("/introspect", encode({{"token", text},
                                                   {"token_type_hint", "refresh_token"},
                                                   {"client_id", "rs"},
                                                   {"client_secret", std::string(rs_secret)}})))
                  .body(),
              expected);
    const std::string key = "Bearer key-0123456789abcdef0123456789abcdef";
    EXPECT_EQ(ask(question(text).field("Authorization", key)).body(), expected);
    Sent json = json_post("/introspect", R"({"token":")" + text + R"(","token_type_hint":null})");
    EXPECT_EQ(ask(json.field("Authorization", key), 1).body(), expected);
    EXPECT_EQ(ask(json_post("/introspect", "[]").field("Authorization", key)).status(), 400);
    EXPECT_EQ(ask(json_post("/introspect", "{").field("Authorization", key)).status(), 400);
}

TEST_F(IntrospectionTest, AClientThatMayNotIntrospectSeesItsOwnTokensAlone) {
    const std::string own = access_of_conf();
    const std::string foreign = client.sign_in().json("access_token");
    const std::string header = basic("conf", conf_secret);
    EXPECT_EQ(ask(question(own).field("Authorization", header)).json("active"), "true");
    EXPECT_EQ(ask(question(foreign).field("Authorization", header)).body(), inactive);
}

TEST_F(IntrospectionTest, ARefreshTokenIsNoAccessTokenToAResourceServer) {
    Parameters request = authorization_request();
    request["client_id"] = "conf";
    request["redirect_uri"] = "https://app.example/cb";
    Parameters redeem = TokenClient::code_request(Browser(servers).code(request), "");
    redeem["redirect_uri"] = "https://app.example/cb";
    const Answer tokens = client.token(redeem, basic("conf", conf_secret));
    const std::string text = tokens.json("refresh_token");
    EXPECT_EQ(client.introspect(text).body(), inactive);
    const Answer own = ask(question(text).field("Authorization", basic("conf", conf_secret)));
    EXPECT_EQ(own.json("active"), "true");
    EXPECT_EQ(own.json("token_type"), "");
}

TEST_F(IntrospectionTest, AReplacedRefreshTokenIsInactiveThoughItsRepeatIsStillAnswered) {
    Parameters request = authorization_request();
    request["client_id"] = "conf";
    request["redirect_uri"] = "https://app.example/cb";
    Parameters redeem = TokenClient::code_request(Browser(servers).code(request), "");
    redeem["redirect_uri"] = "https://app.example/cb";
    const std::string header = basic("conf", conf_secret);
    const std::string replaced = client.token(redeem, header).json("refresh_token");
    const Parameters refresh = TokenClient::refresh_request(replaced, "");
    const std::string successor = client.token(refresh, header).json("refresh_token");
    ASSERT_NE(successor, "");
    const auto ask_about = [&](std::string_view text, unsigned shard) {
        return ask(question(text).field("Authorization", header), shard);
    };
    for (const unsigned shard : {0U, 1U}) {
        EXPECT_EQ(ask_about(replaced, shard).body(), inactive);
        EXPECT_EQ(ask_about(successor, shard).json("active"), "true");
    }
    EXPECT_EQ(client.token(refresh, header).json("refresh_token"), successor);
}

TEST_F(IntrospectionTest, ManyWrongSecretsAreSlowedAndTheRightCallerIsNot) {
    const std::string text = client.sign_in().json("access_token");
    EXPECT_TRUE(client.is_active(text));
    int slowed = 0;
    for (unsigned i = 0; i < 15; ++i) {
        const Answer answer =
            ask(question(text).field("Authorization", basic("rs", "wrong")), i % 2);
        slowed += answer.status() == 429 ? 1 : 0;
    }
    EXPECT_EQ(slowed, 5);
    EXPECT_TRUE(client.is_active(text));
}

TEST_F(IntrospectionTest, WrongSecretsOfOthersBehindAnAddressDoNotLockOutTheRightOne) {
    const std::string text = client.sign_in().json("access_token");
    for (const auto& [wrong, right] : std::map<std::string, std::string>{
             {basic("%72s", "wrong"), basic("rs", rs_secret)},
             {"Bearer wrong", "Bearer key-0123456789abcdef0123456789abcdef"}}) {
        for (int i = 0; i < 50; ++i) ask(question(text).field("Authorization", wrong));
        EXPECT_EQ(ask(question(text).field("Authorization", wrong)).status(), 429);
        const auto ask_from = [&](std::string_view address) {
            return ask(question(text).field("Authorization", right).from(address)).status();
        };
        EXPECT_EQ(ask_from("192.0.2.1"), 200);
        EXPECT_EQ(ask_from("192.0.2.99"), 200);
    }
}

TEST_F(IntrospectionTest, ABodyOfJsonHasRoomForTheLongestToken) {
    const std::string text = client.sign_in().json("access_token");
    const auto ask_with = [&](std::size_t padding) {
        Sent sent = json_post("/introspect", R"({"token":")" + text + R"(","x":")" +
                                                 std::string(padding, 'x') + "\"}");
        return ask(sent.field("Authorization", basic("rs", rs_secret)));
    };
    EXPECT_EQ(ask_with(1024 * 1024).json("active"), "true");  // as long as max_header may be
    EXPECT_EQ(ask_with(1040 * 1024).error(), "invalid_request");
}

TEST_F(IntrospectionTest, RevokingARefreshTokenEndsTheGrant) {
    const Answer tokens = client.sign_in();
    const Answer answer = revoke({{"token", tokens.json("refresh_token")}, {"client_id", "pub"}});
    EXPECT_EQ(answer.status(), 200);
    EXPECT_FALSE(client.is_active(tokens.json("access_token")));
    EXPECT_EQ(client.token(TokenClient::refresh_request(tokens.json("refresh_token"))).error(),
              "invalid_grant");
    EXPECT_EQ(servers.observer.count(oauth::EventKind::grant_revoked), 1U);
}

TEST_F(IntrospectionTest, RevokingAnAccessTokenEndsTheGrantWhateverTheHintSays) {
    const Answer tokens = client.sign_in();
    EXPECT_EQ(revoke({{"token", tokens.json("access_token")},
                      {"token_type_hint", "refresh_token"},
                      {"client_id", "pub"}})
                  .status(),
              200);
    EXPECT_FALSE(client.is_active(tokens.json("access_token")));
    EXPECT_EQ(client.token(TokenClient::refresh_request(tokens.json("refresh_token"))).error(),
              "invalid_grant");
}

TEST_F(IntrospectionTest, ATokenOfAnotherClientIsNotTouched) {
    const Answer tokens = client.sign_in();
    EXPECT_EQ(revoke({{"token", tokens.json("access_token")}, {"client_id", "pub2"}}).status(),
              200);
    EXPECT_EQ(
        revoke({{"token", tokens.json("refresh_token")}}, basic("conf", conf_secret)).status(),
        200);
    EXPECT_TRUE(client.is_active(tokens.json("access_token")));
    EXPECT_EQ(client.token(TokenClient::refresh_request(tokens.json("refresh_token"))).status(),
              200);
}

TEST_F(IntrospectionTest, AnUnknownTokenIsRevokedWithoutComplaint) {
    EXPECT_EQ(revoke({{"token", "garbage"}, {"client_id", "pub"}}).status(), 200);
    EXPECT_EQ(revoke({{"token", "sat_" + std::string(51, 'A')}, {"client_id", "pub"}}).status(),
              200);
}

TEST_F(IntrospectionTest, RevocationNeedsAClientAndAToken) {
    const Answer tokens = client.sign_in();
    EXPECT_EQ(revoke({{"token", tokens.json("access_token")}}).status(), 401);
    EXPECT_EQ(revoke({{"token", tokens.json("access_token")}}, basic("conf", "wrong")).status(),
              401);
    EXPECT_EQ(revoke({{"client_id", "pub"}}).error(), "invalid_request");
    EXPECT_TRUE(client.is_active(tokens.json("access_token")));
}

}  // namespace
}  // namespace sluice::oauth_test
