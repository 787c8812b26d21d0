// How clients authenticate (RFC 6749 §2.3, §3.2.1), and how often they may be wrong or ask.
#include <gtest/gtest.h>

#include "tests/support/oauth_token_endpoint.h"

namespace sluice::oauth_test {
namespace {

using ClientAuthenticationTest = TokenEndpointTest;

TEST_F(ClientAuthenticationTest, AFailedClientAuthenticationDoesNotBurnTheCode) {
    const std::string bound = conf_code();
    expect_error(client.token(conf_request(bound), basic("conf", "wrong")), 401, "invalid_client");
    EXPECT_EQ(client.token(conf_request(bound), basic("conf", conf_secret)).status(), 200);
}

TEST_F(ClientAuthenticationTest, BasicWithAnEmptySecretFailsForAPublicClientAndThenTheRepeatWorks) {
    // What the Go SDK does where it does not know better.
    const std::string bound = code();
    expect_error(client.token(TokenClient::code_request(bound, ""), basic("pub", "")), 401,
                 "invalid_client");
    EXPECT_EQ(client.token(TokenClient::code_request(bound)).status(), 200);
}

TEST_F(ClientAuthenticationTest, SecretsAreTakenFromTheHeaderEncodedOrNotAndFromTheBody) {
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

TEST_F(ClientAuthenticationTest, TwoWaysOfAuthenticationAtOnceAreRefused) {
    Parameters both = conf_request(conf_code());
    both["client_id"] = "conf";
    both["client_secret"] = conf_secret;
    expect_error(client.token(both, basic("conf", conf_secret)), 400, "invalid_request");
    Parameters other = conf_request(conf_code());
    other["client_id"] = "pub";
    expect_error(client.token(other, basic("conf", conf_secret)), 400, "invalid_request");
    Sent twice = TokenClient::request(conf_request(conf_code()), basic("conf", conf_secret));
    twice.field("Authorization", basic("conf", conf_secret));
    expect_error(servers.call("token", twice), 400, "invalid_request");
}

TEST_F(ClientAuthenticationTest,
       WrongCredentialsAreInvalidClientWithAChallengeWhereTheHeaderWasUsed) {
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
    EXPECT_TRUE(answer.field("WWW-Authenticate").starts_with("Basic ")) << "RFC 9110 §15.5.2";
    in_body = TokenClient::code_request("x");
    in_body["client_secret"] = "a secret from a client that has none";
    expect_error(client.token(in_body), 401, "invalid_client");
    in_body = TokenClient::code_request("x", "");
    expect_error(client.token(in_body), 401, "invalid_client");
}

TEST_F(ClientAuthenticationTest, ASecretInTheQueryCountsForNothing) {
    Sent sent = TokenClient::request(conf_request(conf_code()));
    sent.target = "/token?client_id=conf&client_secret=" + std::string(conf_secret);
    expect_error(servers.call("token", sent), 401, "invalid_client");
}

TEST_F(ClientAuthenticationTest, TooManyWrongSecretsAreSlowedForThatClientAndAddressOnly) {
    const Parameters request{{"grant_type", "client_credentials"}};
    for (int i = 0; i < 10; ++i) {
        expect_error(client.token(request, basic("conf", "wrong")), 401, "invalid_client");
    }
    const Answer slowed = client.token(request, basic("conf", "wrong"));
    expect_error(slowed, 429, "temporarily_unavailable");
    EXPECT_NE(slowed.field("Retry-After"), "");
    Sent elsewhere = TokenClient::request(request, basic("conf", "wrong"));
    expect_error(servers.call("token", elsewhere.from("192.0.2.99")), 401, "invalid_client");
    servers.advance(std::chrono::minutes{1});
    expect_error(client.token(request, basic("conf", "wrong")), 401, "invalid_client");
}

TEST_F(ClientAuthenticationTest, WrongSecretsOfOthersBehindAnAddressDoNotLockOutTheRightOne) {
    const Parameters request{{"grant_type", "client_credentials"}};
    for (int i = 0; i < 50; ++i) client.token(request, basic("conf", "wrong"));
    expect_error(client.token(request, basic("conf", "wrong")), 429, "temporarily_unavailable");
    EXPECT_EQ(client.token(request, basic("conf", conf_secret)).status(), 200);
}

TEST_F(ClientAuthenticationTest, OtherSpellingsOfTheIdentifierGiveNoMoreGuesses) {
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
        servers.call("token", sent.from("198.51.100.1"));
    }
    EXPECT_EQ(client.token(request, basic("conf", conf_secret)).status(), 200);
}

TEST(TokenRateLimit, APublicClientIsCountedByAddressSinceAnybodyMaySendItsName) {
    oauth::Settings settings = test_settings();
    settings.rate_limit = {.requests = 5, .window = std::chrono::minutes{1}};
    Servers servers(settings);
    const auto ask = [&](std::string_view address) {
        Sent sent = TokenClient::request(TokenClient::refresh_request("x"));
        return servers.call("token", sent.from(address)).status();
    };
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("198.51.100.1"), 400);
    EXPECT_EQ(ask("198.51.100.1"), 429);
    EXPECT_EQ(ask("192.0.2.1"), 400);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("2001:db8::" + std::to_string(i + 1)), 400);
    EXPECT_EQ(ask("2001:db8::ffff"), 429);
}

TEST(RefusedRequests, AreReportedWithTheKnownClientTheyName) {
    Servers servers(test_settings());
    TokenClient client(servers);
    Browser browser(servers);
    const auto reported = [&] { return servers.observer.events.back().client_id; };
    client.token({{"grant_type", "client_credentials"}}, basic("conf", "wrong"));
    EXPECT_EQ(reported(), "conf");
    client.token(TokenClient::refresh_request("x", "nobody"));
    EXPECT_EQ(reported(), "");
    Parameters request = authorization_request();
    request["scope"] = "admin";
    browser.get(request);
    EXPECT_EQ(reported(), "pub");
    request["redirect_uri"] = "https://evil.example/";
    browser.get(request);
    EXPECT_EQ(reported(), "pub");
    request["client_id"] = "nobody";
    browser.get(request);
    EXPECT_EQ(reported(), "");
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
