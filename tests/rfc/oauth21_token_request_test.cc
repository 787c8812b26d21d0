// The token endpoint: RFC 6749 §2.3, §3.2, §4.1.3, §4.4, §5; RFC 7636 §4.6; RFC 8707 §2.2.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class TokenRequestTest : public testing::Test {
protected:
    std::string code() { return Browser(servers).code(); }
    std::string conf_code() {
        Parameters request = authorization_request();
        request["client_id"] = "conf";
        request["redirect_uri"] = "https://app.example/cb";
        return Browser(servers).code(request);
    }
    Parameters conf_request(std::string_view code) {
        Parameters request = TokenClient::code_request(code, "");
        request["redirect_uri"] = "https://app.example/cb";
        return request;
    }
    void expect_error(const Answer& answer, int status, std::string_view error) {
        EXPECT_EQ(answer.status(), status) << answer.body();
        EXPECT_EQ(answer.error(), error) << answer.body();
        EXPECT_EQ(answer.field("Content-Type"), "application/json");
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_FALSE(answer.body().contains("null"));
    }

    Servers servers{test_settings(), 2};
    TokenClient client{servers};
};

TEST_F(TokenRequestTest, TheAnswerIsJsonThatIsNotStored) {
    const Answer answer = client.token(TokenClient::code_request(code()));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(answer.field("Pragma"), "no-cache");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_FALSE(answer.body().contains("null"));
}

TEST_F(TokenRequestTest, ACodeRedeemedTwiceRevokesTheTokensOfTheFirst) {
    const std::string once = code();
    const Answer first = client.token(TokenClient::code_request(once));
    ASSERT_TRUE(client.is_active(first.json("access_token")));
    expect_error(client.token(TokenClient::code_request(once)), 400, "invalid_grant");
    EXPECT_FALSE(client.is_active(first.json("access_token")));
    expect_error(client.token(TokenClient::refresh_request(first.json("refresh_token"))), 400,
                 "invalid_grant");
    EXPECT_EQ(servers.observer.count(oauth::EventKind::replay_detected), 1U);
}

TEST_F(TokenRequestTest, ACodeReplayedByAnotherClientHarmsNobody) {
    const std::string once = code();
    const Answer first = client.token(TokenClient::code_request(once));
    expect_error(client.token(TokenClient::code_request(once, "pub2")), 400, "invalid_grant");
    EXPECT_TRUE(client.is_active(first.json("access_token")));
}

TEST_F(TokenRequestTest, OfSixteenRedemptionsAtOnceAtMostOneSucceeds) {
    const std::string once = code();
    std::vector<std::unique_ptr<Servers::Call>> calls;
    for (unsigned i = 0; i < 16; ++i) {
        calls.push_back(servers.begin(&AuthorizationServer::token,
                                      TokenClient::request(TokenClient::code_request(once)),
                                      i % servers.shard_count()));
    }
    int succeeded = 0;
    for (const auto& call : calls) {
        const Answer answer = call->answer();
        succeeded += answer.status() == 200 ? 1 : 0;
        EXPECT_TRUE(answer.status() == 200 || answer.error() == "invalid_grant");
    }
    EXPECT_EQ(succeeded, 1);
}

TEST_F(TokenRequestTest, ACodeExpires) {
    const std::string late = code();
    servers.advance(std::chrono::seconds{60});
    expect_error(client.token(TokenClient::code_request(late)), 400, "invalid_grant");
}

TEST_F(TokenRequestTest, TheVerifierMustMatchAndTheCodeSurvivesAWrongOne) {
    const std::string bound = code();
    Parameters request = TokenClient::code_request(bound);
    for (const char* wrong : {"", "short", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
                              "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}) {
        request["code_verifier"] = wrong;
        expect_error(client.token(request), 400, "invalid_grant");
    }
    EXPECT_EQ(client.token(TokenClient::code_request(bound)).status(), 200);
}

TEST_F(TokenRequestTest, ARedirectUriMayBeLeftOutButNotBeAnother) {
    const std::string bound = code();
    Parameters request = TokenClient::code_request(bound);
    request["redirect_uri"] = "http://127.0.0.1:7778/cb";  // the same client's, another port
    expect_error(client.token(request), 400, "invalid_grant");
    request["redirect_uri"] = "";
    EXPECT_EQ(client.token(request).status(), 200);
}

TEST_F(TokenRequestTest, ACodeOfAnotherClientIsRefusedAndStaysUsableForItsOwn) {
    const std::string bound = code();
    expect_error(client.token(TokenClient::code_request(bound, "pub2")), 400, "invalid_grant");
    EXPECT_EQ(client.token(TokenClient::code_request(bound)).status(), 200);
}

TEST_F(TokenRequestTest, AFailedClientAuthenticationDoesNotBurnTheCode) {
    const std::string bound = conf_code();
    expect_error(client.token(conf_request(bound), basic("conf", "wrong")), 401, "invalid_client");
    EXPECT_EQ(client.token(conf_request(bound), basic("conf", conf_secret)).status(), 200);
}

TEST_F(TokenRequestTest, BasicWithAnEmptySecretFailsForAPublicClientAndThenTheRepeatWorks) {
    // What the Go SDK does where it does not know better.
    const std::string bound = code();
    expect_error(client.token(TokenClient::code_request(bound, ""), basic("pub", "")), 401,
                 "invalid_client");
    EXPECT_EQ(client.token(TokenClient::code_request(bound)).status(), 200);
}

TEST_F(TokenRequestTest, TheResourceMayBeRepeatedButNotChanged) {
    const std::string bound = code();
    Parameters request = TokenClient::code_request(bound);
    request["resource"] = "https://other.example/mcp";
    expect_error(client.token(request), 400, "invalid_target");
    request["resource"] = "https://RS.example/mcp/";
    const Answer answer = client.token(request);
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(client.introspect(answer.json("access_token")).json("aud"), mcp);
}

TEST_F(TokenRequestTest, OtherKindsOfTokensAreNoCodes) {
    const Answer tokens = client.sign_in();
    for (const std::string& text : {tokens.json("access_token"), tokens.json("refresh_token"),
                                    std::string("garbage"), "sac_" + std::string(51, 'A')}) {
        expect_error(client.token(TokenClient::code_request(text)), 400, "invalid_grant");
    }
    EXPECT_TRUE(client.is_active(tokens.json("access_token")));
}

TEST_F(TokenRequestTest, SecretsAreTakenFromTheHeaderEncodedOrNotAndFromTheBody) {
    EXPECT_EQ(client.token(conf_request(conf_code()), basic("conf", conf_secret)).status(), 200);
    EXPECT_EQ(client
                  .token(conf_request(conf_code()), basic("%63onf",
                                                          "conf%2Dsecret%2D0123456789abc"
                                                          "def0123456789abcdef"))
                  .status(),
              200);
    std::string lower_case = basic("conf", conf_secret);
    lower_case.replace(0, 5, "bAsIc");
    EXPECT_EQ(client.token(conf_request(conf_code()), lower_case).status(), 200);
    Parameters in_body = conf_request(conf_code());
    in_body["client_id"] = "conf";
    in_body["client_secret"] = conf_secret;
    EXPECT_EQ(client.token(in_body).status(), 200);
}

TEST_F(TokenRequestTest, TwoWaysOfAuthenticationAtOnceAreRefused) {
    Parameters both = conf_request(conf_code());
    both["client_id"] = "conf";
    both["client_secret"] = conf_secret;
    expect_error(client.token(both, basic("conf", conf_secret)), 400, "invalid_request");
    Parameters other = conf_request(conf_code());
    other["client_id"] = "pub";
    expect_error(client.token(other, basic("conf", conf_secret)), 400, "invalid_request");
    Sent twice = TokenClient::request(conf_request(conf_code()), basic("conf", conf_secret));
    twice.field("Authorization", basic("conf", conf_secret));
    expect_error(servers.call(&AuthorizationServer::token, twice), 400, "invalid_request");
}

TEST_F(TokenRequestTest, WrongCredentialsAreInvalidClientWithAChallengeWhereTheHeaderWasUsed) {
    const Parameters request = conf_request(conf_code());
    for (const std::string& header :
         {basic("conf", "wrong"), basic("conf", ""), basic("nobody", "x"), basic("", ""),
          std::string("Basic"), std::string("Basic !!!"), std::string("Basic Y29uZg=="),
          std::string("Basic ") + std::string(100'000, 'A'), std::string("Digest abc"),
          std::string("Bearer abc")}) {
        const Answer answer = client.token(request, header);
        expect_error(answer, 401, "invalid_client");
        EXPECT_TRUE(answer.field("WWW-Authenticate").starts_with("Basic ")) << header;
    }
    Parameters in_body = request;
    in_body["client_id"] = "conf";
    expect_error(client.token(in_body), 401, "invalid_client");  // "none" for a confidential client
    in_body["client_secret"] = "wrong";
    const Answer answer = client.token(in_body);
    expect_error(answer, 401, "invalid_client");
    EXPECT_FALSE(answer.has_field("WWW-Authenticate"));
    in_body = TokenClient::code_request("x");
    in_body["client_secret"] = "a secret from a client that has none";
    expect_error(client.token(in_body), 401, "invalid_client");
    in_body = TokenClient::code_request("x", "");
    expect_error(client.token(in_body), 401, "invalid_client");
}

TEST_F(TokenRequestTest, ASecretInTheQueryCountsForNothing) {
    Sent sent = TokenClient::request(conf_request(conf_code()));
    sent.target = "/token?client_id=conf&client_secret=" + std::string(conf_secret);
    expect_error(servers.call(&AuthorizationServer::token, sent), 401, "invalid_client");
}

TEST_F(TokenRequestTest, OnlyFormsAreTaken) {
    for (const char* type : {"application/json", "text/plain", "multipart/form-data; boundary=x"}) {
        Sent sent{http::Method::post, "/token"};
        sent.field("Content-Type", type).body = "grant_type=authorization_code";
        expect_error(servers.call(&AuthorizationServer::token, sent), 400, "invalid_request");
    }
    Sent untyped{http::Method::post, "/token"};
    untyped.body = encode(TokenClient::code_request(code()));
    expect_error(servers.call(&AuthorizationServer::token, untyped), 400, "invalid_request");
    Sent with_charset = untyped;
    with_charset.field("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
    EXPECT_EQ(servers.call(&AuthorizationServer::token, with_charset).status(), 200);
}

TEST_F(TokenRequestTest, EachParameterStandsOnce) {
    const std::string body = encode(TokenClient::code_request(code()));
    for (const char* name : {"grant_type", "code", "client_id", "redirect_uri", "code_verifier"}) {
        expect_error(servers.call(&AuthorizationServer::token,
                                  form_post("/token", body + "&" + name + "=x")),
                     400, "invalid_request");
    }
    EXPECT_EQ(servers.call(&AuthorizationServer::token, form_post("/token", body)).status(), 200);
}

TEST_F(TokenRequestTest, GrantTypesThatAreNotSupportedOrNotTheClientsAreRefused) {
    for (const char* type : {"password", "implicit", "urn:ietf:params:oauth:grant-type:x", "\"<"}) {
        Parameters request = TokenClient::code_request("x");
        request["grant_type"] = type;
        expect_error(client.token(request), 400, "unsupported_grant_type");
    }
    Parameters none = TokenClient::code_request("x");
    none["grant_type"] = "";
    expect_error(client.token(none), 400, "invalid_request");
    expect_error(
        client.token({{"grant_type", "authorization_code"}, {"code", "x"}}, basic("rs", rs_secret)),
        400, "unauthorized_client");
}

TEST_F(TokenRequestTest, FloodsOfParametersAreRefusedQuickly) {
    std::string many = encode(TokenClient::code_request("x"));
    for (int i = 0; i < 50'000; ++i) many += "&p" + std::to_string(i) + "=1";
    expect_error(servers.call(&AuthorizationServer::token, form_post("/token", many)), 400,
                 "invalid_request");
    expect_error(
        servers.call(&AuthorizationServer::token, form_post("/token", std::string(100'000, '&'))),
        400, "invalid_request");
}

TEST_F(TokenRequestTest, ClientCredentialsAreForClientsWithASecret) {
    const Answer answer =
        client.token({{"grant_type", "client_credentials"}}, basic("conf", conf_secret));
    EXPECT_EQ(answer.status(), 200) << answer.body();
    EXPECT_EQ(answer.json("scope"), "mcp:read");  // the default
    EXPECT_EQ(answer.json("refresh_token"), "");  // RFC 6749 §4.4.3
    const Answer info = client.introspect(answer.json("access_token"));
    EXPECT_EQ(info.json("sub"), "conf");
    EXPECT_EQ(info.json("username"), "");
    EXPECT_EQ(info.json("aud"), mcp);  // the only resource there is
    expect_error(client.token({{"grant_type", "client_credentials"}, {"client_id", "pub"}}), 400,
                 "unauthorized_client");
    expect_error(client.token({{"grant_type", "client_credentials"}, {"scope", "admin"}},
                              basic("conf", conf_secret)),
                 400, "invalid_scope");
    expect_error(
        client.token({{"grant_type", "client_credentials"}, {"resource", "https://other.example/"}},
                     basic("conf", conf_secret)),
        400, "invalid_target");
}

TEST_F(TokenRequestTest, TooManyWrongSecretsAreSlowedForThatClientAndAddressOnly) {
    const Parameters request{{"grant_type", "client_credentials"}};
    for (int i = 0; i < 10; ++i) {
        expect_error(client.token(request, basic("conf", "wrong")), 401, "invalid_client");
    }
    const Answer slowed = client.token(request, basic("conf", "wrong"));
    expect_error(slowed, 429, "temporarily_unavailable");
    EXPECT_NE(slowed.field("Retry-After"), "");
    expect_error(client.token(request, basic("conf", conf_secret)), 429, "temporarily_unavailable");
    Sent elsewhere = TokenClient::request(request, basic("conf", conf_secret));
    EXPECT_EQ(servers.call(&AuthorizationServer::token, elsewhere.from("192.0.2.99")).status(),
              200);
    servers.advance(std::chrono::minutes{1});
    EXPECT_EQ(client.token(request, basic("conf", conf_secret)).status(), 200);
}

TEST_F(TokenRequestTest, OtherSpellingsOfTheIdentifierGiveNoMoreGuesses) {
    const Parameters request{{"grant_type", "client_credentials"}};
    for (const char* spelling : {"conf", "%63onf", "c%6Fnf", "co%6ef", "con%66"}) {
        for (int i = 0; i < 2; ++i) {
            expect_error(client.token(request, basic(spelling, "wrong")), 401, "invalid_client");
        }
    }
    expect_error(client.token(request, basic("%63%6fnf", "wrong")), 429, "temporarily_unavailable");
}

TEST(TokenRateLimit, WhatOthersSendInItsNameDoesNotUseUpAClientsLimit) {
    oauth::Settings settings = test_settings();
    settings.rate_limit = {.requests = 5, .window = std::chrono::minutes{1}};
    Servers servers(settings);
    TokenClient client(servers);
    const Parameters request{{"grant_type", "client_credentials"}};
    for (int i = 0; i < 10; ++i) {
        Sent sent = TokenClient::request(request, basic("conf", "wrong"));
        servers.call(&AuthorizationServer::token, sent.from("198.51.100.1"));
    }
    EXPECT_EQ(client.token(request, basic("conf", conf_secret)).status(), 200);
}

TEST(TokenRateLimit, AClientIsRefusedBeyondItsLimitOnWhateverShardItAsks) {
    oauth::Settings settings = test_settings();
    settings.rate_limit = {.requests = 20, .window = std::chrono::minutes{1}};
    Servers servers(settings, 3);
    const Parameters request{{"grant_type", "client_credentials"}};
    const auto ask = [&](unsigned shard) {
        return TokenClient(servers, shard % 3).token(request, basic("conf", conf_secret));
    };
    for (unsigned i = 0; i < 20; ++i) EXPECT_EQ(ask(i).status(), 200);
    const Answer refused = ask(1);
    EXPECT_EQ(refused.status(), 429);
    EXPECT_EQ(refused.error(), "temporarily_unavailable");
    const std::string wait = refused.field("Retry-After");
    ASSERT_NE(wait, "");
    // Another client is not affected, and the wait that was told is long enough.
    EXPECT_EQ(TokenClient(servers).token(TokenClient::refresh_request("x")).error(),
              "invalid_grant");
    servers.advance(std::chrono::seconds{std::stoi(wait)});
    EXPECT_EQ(ask(2).status(), 200);
}

}  // namespace
}  // namespace sluice::oauth_test
