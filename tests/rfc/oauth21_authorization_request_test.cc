// Authorization requests: OAuth 2.1 §4.1.1, RFC 6749 §4.1.2.1, RFC 9207, RFC 9700.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class AuthorizationRequestTest : public testing::Test {
protected:
    Answer get(const Parameters& parameters) { return Browser(servers).get(parameters); }
    Answer get_text(std::string_view query) { return Browser(servers).get(query); }

    /// Nobody is redirected, nobody is asked for a password.
    void expect_page_400(const Answer& answer) {
        EXPECT_EQ(answer.status(), 400);
        EXPECT_FALSE(answer.has_field("Location"));
        EXPECT_TRUE(answer.field("Content-Type").starts_with("text/html"));
        EXPECT_FALSE(answer.body().contains("name=\"password\""));
    }
    void expect_redirect(const Answer& answer, std::string_view error) {
        EXPECT_EQ(answer.status(), 303);
        const std::string location = answer.field("Location");
        EXPECT_TRUE(location.starts_with("http://127.0.0.1:7777/cb?")) << location;
        EXPECT_EQ(query_value(location, "error"), error);
        EXPECT_EQ(query_value(location, "state"), "af0ifjsldkj");
        EXPECT_EQ(query_value(location, "iss"), issuer);
        EXPECT_EQ(query_value(location, "code"), std::nullopt);
    }

    Servers servers{test_settings()};
    Parameters request = authorization_request();
};

TEST_F(AuthorizationRequestTest, ACompleteRequestLeadsToTheLoginPage) {
    const Answer page = get(request);
    EXPECT_EQ(page.status(), 200);
    EXPECT_TRUE(page.body().contains("name=\"password\""));
}

TEST_F(AuthorizationRequestTest, AnUnknownClientGetsAPageAndNoRedirect) {
    request["client_id"] = "nobody";
    expect_page_400(get(request));
    request["client_id"] = "";
    expect_page_400(get(request));
}

TEST_F(AuthorizationRequestTest, ARedirectUriThatIsNotRegisteredGetsAPageAndNoRedirect) {
    for (const char* spelling : {"https://evil.example/cb",
                                 "http://127.0.0.1:7777/cb/",
                                 "http://127.0.0.1:7777/CB",
                                 "http://127.0.0.1:7777/cb?x=1",
                                 "http://127.0.0.1:7777/cb#frag",
                                 "http://user@127.0.0.1:7777/cb",
                                 "http://127.0.0.1:7777@evil.example/cb",
                                 "http://127.0.0.1:7777\\@evil.example/cb",
                                 "http://127.0.0.1:7777#@evil.example/cb",
                                 "http://127.0.0.1.evil.example:7777/cb",
                                 "http://127.0.0.1:7777/../cb",
                                 "http://127.0.0.1:7777//cb",
                                 "http://127.0.0.1:7777/cb\t",
                                 " http://127.0.0.1:7777/cb",
                                 "http://127.0.0.1:7777/cb\r\nX: y",
                                 "HTTP://127.0.0.1:7777/cb",
                                 "//127.0.0.1:7777/cb",
                                 "http://127.1:7777/cb",
                                 "http://2130706433:7777/cb",
                                 "http://0x7f.1:7777/cb",
                                 "http://localhost:7777/cb",
                                 "http://[::1]:7777/cb",
                                 "https://127.0.0.1:7777/cb",
                                 "http://127.0.0.1:/cb",
                                 "http://127.0.0.1:99999/cb",
                                 "http://127.0.0.1:7777x/cb",
                                 "http://127.0.0.1:-1/cb",
                                 "http://127.0.0.1:7777:1/cb",
                                 "javascript:alert(1)",
                                 "data:text/html,x",
                                 "https://pub.example/cb",
                                 "https://pub.example/cb?tenant=2",
                                 "https://pub.example/cb?tenant=1&x=1",
                                 "https://PUB.example/cb?tenant=1",
                                 "https://pub.example:443/cb?tenant=1",
                                 "https://pub.example\xe3\x80\x82/cb?tenant=1",
                                 "http://pub.example/cb?tenant=1"}) {
        SCOPED_TRACE(spelling);
        request["redirect_uri"] = spelling;
        expect_page_400(get(request));
    }
}

TEST_F(AuthorizationRequestTest, ANulInTheRedirectUriIsRefused) {
    expect_page_400(get_text(
        "response_type=code&client_id=pub&redirect_uri=http%3A%2F%2F127.0.0.1%3A7777%2Fcb%00"));
}

TEST_F(AuthorizationRequestTest, ALoopbackRedirectMayHaveAnyPort) {
    for (const char* uri : {"http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb",
                            "http://127.0.0.1/cb", "http://127.0.0.1:7777/cb"}) {
        request["redirect_uri"] = uri;
        EXPECT_EQ(get(request).status(), 200) << uri;
    }
}

TEST_F(AuthorizationRequestTest, WithoutARedirectUriTheOnlyRegisteredOneIsMeant) {
    request["redirect_uri"] = "";
    expect_page_400(get(request));  // "pub" has two
    request["client_id"] = "pub2";
    EXPECT_EQ(get(request).status(), 200);
}

TEST_F(AuthorizationRequestTest, EveryClientNeedsAnS256Challenge) {
    for (const char* client : {"pub", "conf"}) {
        Parameters bad = request;
        bad["client_id"] = client;
        if (bad["client_id"] == "conf") bad["redirect_uri"] = "https://app.example/cb";
        EXPECT_EQ(get(bad).status(), 200);  // the control
        const auto error = [&](const Parameters& asked) {
            return query_value(get(asked).field("Location"), "error").value_or("none");
        };
        bad["code_challenge"] = "";
        EXPECT_EQ(error(bad), "invalid_request");
        bad["code_challenge"] = "tooshort";
        EXPECT_EQ(error(bad), "invalid_request");
        bad["code_challenge"] = std::string(challenge) + "A";
        EXPECT_EQ(error(bad), "invalid_request");
        bad["code_challenge"] = challenge;
        for (const char* method : {"", "plain", "S512", "s256"}) {
            bad["code_challenge_method"] = method;
            EXPECT_EQ(error(bad), "invalid_request") << method;
        }
    }
}

TEST_F(AuthorizationRequestTest, OnlyTheResponseTypeCodeIsSupported) {
    request["response_type"] = "";
    expect_redirect(get(request), "invalid_request");
    for (const char* type : {"token", "code token", "id_token", "none"}) {
        request["response_type"] = type;
        expect_redirect(get(request), "unsupported_response_type");
    }
}

TEST_F(AuthorizationRequestTest, OnlyTheResponseModeQueryIsSupported) {
    request["response_mode"] = "query";
    EXPECT_EQ(get(request).status(), 200);
    request["response_mode"] = "fragment";
    expect_redirect(get(request), "invalid_request");
}

TEST_F(AuthorizationRequestTest, RequestObjectsAreRefusedAndNeverFetched) {
    request["request_uri"] = "http://127.0.0.1:1/object";
    expect_redirect(get(request), "request_uri_not_supported");
    request["request_uri"] = "";
    request["request"] = "eyJhbGciOiJub25lIn0.e30.";
    expect_redirect(get(request), "request_not_supported");
}

TEST_F(AuthorizationRequestTest, AParameterThatStandsTwiceIsRefused) {
    const std::string query = encode(request);
    EXPECT_EQ(get_text(query).status(), 200);
    for (const char* name : {"client_id", "redirect_uri"}) {
        expect_page_400(get_text(query + "&" + encode({{name, request[name]}})));
    }
    for (const char* name : {"response_type", "scope", "code_challenge", "code_challenge_method"}) {
        expect_redirect(get_text(query + "&" + encode({{name, request[name]}})), "invalid_request");
    }
    expect_redirect(get_text(query + "&unknown=1&unknown=2"), "invalid_request");
    const Answer twice = get_text(query + "&state=other");
    EXPECT_EQ(query_value(twice.field("Location"), "error"), "invalid_request");
    EXPECT_EQ(query_value(twice.field("Location"), "state"), std::nullopt);
}

TEST_F(AuthorizationRequestTest, UnknownParametersAreIgnoredAndEmptyOnesCountAsAbsent) {
    EXPECT_EQ(get_text(encode(request) + "&nonce=n-0S6&display=popup").status(), 200);
    EXPECT_EQ(get_text(encode(request) + "&request_uri=&request=").status(), 303);
    request["scope"] = "";
    EXPECT_EQ(get_text(encode(request) + "&scope=").status(), 200);
}

TEST_F(AuthorizationRequestTest, ScopesThatDoNotExistOrAreNotOpenToTheClientAreRefused) {
    for (const char* scope : {"admin", "mcp:read admin", "mcp:read \"quoted\""}) {
        request["scope"] = scope;
        expect_redirect(get(request), "invalid_scope");
    }
}

TEST_F(AuthorizationRequestTest, AnUnknownResourceIsAnInvalidTarget) {
    for (const char* target :
         {"https://other.example/mcp", "https://rs.example", "https://rs.example/mcp/sub",
          "https://rs.example/mcp#frag", "not a url", "urn:x:y"}) {
        request["resource"] = target;
        expect_redirect(get(request), "invalid_target");
    }
    request["resource"] = "https://RS.example:443/mcp/";  // another spelling of the same
    EXPECT_EQ(get(request).status(), 200);
}

TEST_F(AuthorizationRequestTest, AClientWithoutTheGrantIsUnauthorized) {
    request["client_id"] = "rs";
    expect_page_400(get(request));  // it has no redirect URI at all
}

TEST_F(AuthorizationRequestTest, StateComesBackByteForByte) {
    const std::string state = "a b+c/d=e&f%25#\"'<script>\xc3\xa9~!";
    request["state"] = state;
    const Answer answer = Browser(servers).authorize(request);
    EXPECT_EQ(query_value(answer.field("Location"), "state"), state);
    EXPECT_FALSE(answer.field("Location").contains(' '));
}

TEST_F(AuthorizationRequestTest, SuccessCarriesCodeStateAndIssuerAndKeepsTheRegisteredQuery) {
    request["redirect_uri"] = "https://pub.example/cb?tenant=1";
    const Answer answer = Browser(servers).authorize(request);
    EXPECT_EQ(answer.status(), 303);
    const std::string location = answer.field("Location");
    EXPECT_TRUE(location.starts_with("https://pub.example/cb?tenant=1&code=sac_")) << location;
    EXPECT_EQ(query_value(location, "state"), "af0ifjsldkj");
    EXPECT_EQ(query_value(location, "iss"), issuer);
    EXPECT_EQ(query_value(location, "error"), std::nullopt);
}

TEST_F(AuthorizationRequestTest, DenyingSendsAccessDeniedWithStateAndIssuer) {
    Browser browser(servers);
    const std::string query = encode(request);
    const Answer page = browser.walk_to_consent(query);
    expect_redirect(browser.submit(page, query, {{"action", "deny"}}), "access_denied");
}

TEST_F(AuthorizationRequestTest, NoOtherOriginMayReadTheAuthorizationEndpoint) {
    EXPECT_FALSE(get(request).has_field("Access-Control-Allow-Origin"));
    EXPECT_FALSE(Browser(servers).authorize(request).has_field("Access-Control-Allow-Origin"));
}

TEST_F(AuthorizationRequestTest, PromptNoneNeverShowsAPage) {
    request["prompt"] = "none";
    expect_redirect(get(request), "login_required");
    Browser browser(servers);
    browser.authorize(authorization_request());
    expect_redirect(browser.get(request), "consent_required");
    request["prompt"] = "none login";
    expect_redirect(browser.get(request), "invalid_request");
}

TEST_F(AuthorizationRequestTest, AClientThatRegisteredItselfGetsNoRedirectBeforeSomebodySignsIn) {
    const Answer registered = servers.call(
        "register", json_post("/register", R"({"token_endpoint_auth_method":"none",)"
                                           R"("redirect_uris":["https://evil.example/cb"]})"));
    request["client_id"] = registered.json("client_id");
    request["redirect_uri"] = "https://evil.example/cb";
    for (const auto& [name, value] :
         Parameters{{"scope", "no-such-scope"}, {"prompt", "none"}, {"response_type", "token"}}) {
        Parameters bad = request;
        bad[name] = value;
        const Answer page = get(bad);
        EXPECT_EQ(page.status(), 400) << name;
        EXPECT_FALSE(page.has_field("Location")) << name;
        Browser browser(servers);
        browser.authorize(authorization_request());
        EXPECT_EQ(browser.get(bad).status(), 303) << name;
    }
}

TEST_F(AuthorizationRequestTest, PromptLoginAsksForThePasswordOnceMore) {
    Browser browser(servers);
    browser.authorize(request);
    EXPECT_TRUE(browser.get(request).body().contains("value=\"allow\""));  // the control
    request["prompt"] = "login consent";
    const std::string query = encode(request);
    EXPECT_TRUE(browser.get(query).body().contains("name=\"password\""));
    const Answer consent = browser.walk_to_consent(query);
    EXPECT_TRUE(consent.body().contains("value=\"allow\""));
    EXPECT_EQ(browser.authorize(request).status(), 303);
}

}  // namespace
}  // namespace sluice::oauth_test
