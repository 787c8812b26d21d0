// Token requests: RFC 6749 §3.2, §4.1.3, §4.4, §5; RFC 7636 §4.6; RFC 8707 §2.2.
#include <gtest/gtest.h>

#include "tests/support/oauth_token_endpoint.h"

namespace sluice::oauth_test {
namespace {

using TokenRequestTest = TokenEndpointTest;

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
        calls.push_back(servers.begin("token",
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

TEST_F(TokenRequestTest, OnlyFormsAndJsonObjectsAreTaken) {
    for (const char* type : {"application/json", "text/plain", "multipart/form-data; boundary=x"}) {
        Sent sent{http::Method::post, "/token"};
        sent.field("Content-Type", type).body = "grant_type=authorization_code";
        expect_error(servers.call("token", sent), 400, "invalid_request");
    }
    Sent untyped{http::Method::post, "/token"};
    untyped.body = encode(TokenClient::code_request(code()));
    expect_error(servers.call("token", untyped), 400, "invalid_request");
    Sent with_charset = untyped;
    with_charset.field("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
    EXPECT_EQ(servers.call("token", with_charset).status(), 200);
}

TEST_F(TokenRequestTest, EachParameterStandsOnce) {
    const std::string body = encode(TokenClient::code_request(code()));
    for (const char* name : {"grant_type", "code", "client_id", "redirect_uri", "code_verifier"}) {
        expect_error(servers.call("token", form_post("/token", body + "&" + name + "=x")), 400,
                     "invalid_request");
    }
    EXPECT_EQ(servers.call("token", form_post("/token", body)).status(), 200);
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
    expect_error(servers.call("token", form_post("/token", many)), 400, "invalid_request");
    expect_error(servers.call("token", form_post("/token", std::string(100'000, '&'))), 400,
                 "invalid_request");
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

}  // namespace
}  // namespace sluice::oauth_test
