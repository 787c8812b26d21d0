// Pushed authorization requests: RFC 9126.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

using std::chrono::seconds;

class PushedRequest : public testing::Test {
protected:
    Answer push(const Parameters& parameters, std::string_view authorization = {},
                unsigned shard = 0) {
        auto post = form_post("/par", encode(parameters));
        if (!authorization.empty()) post.field("Authorization", authorization);
        return servers.call("par", std::move(post), shard);
    }
    static std::string query(std::string_view request_uri, std::string_view client_id = "pub") {
        return encode(
            {{"client_id", std::string(client_id)}, {"request_uri", std::string(request_uri)}});
    }
    /// The query of the pages, where the browser is sent on; empty where it is not.
    std::string begin(Browser& with, std::string_view request_uri,
                      std::string_view client_id = "pub") {
        const Answer answer = with.get(query(request_uri, client_id));
        const std::string location = answer.field("Location");
        if (answer.status() != 303 || !location.starts_with("/authorize?")) return {};
        return location.substr(location.find('?') + 1);
    }
    void expect_error(const Answer& answer, std::string_view error, int status = 400) {
        EXPECT_EQ(answer.status(), status) << answer.body();
        EXPECT_EQ(answer.error(), error) << answer.body();
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    }

    Servers servers{test_settings(), 3};
    Browser browser{servers, 1};
    TokenClient client{servers};
};

// §2.2, §4
TEST_F(PushedRequest, IsGoneOnWithByItsReferenceAlone) {
    const Answer pushed = push(authorization_request());
    EXPECT_EQ(pushed.status(), 201) << pushed.body();
    EXPECT_EQ(pushed.field("Cache-Control"), "no-store");
    EXPECT_EQ(pushed.json("expires_in"), "90");
    const std::string uri = pushed.json("request_uri");
    EXPECT_TRUE(uri.starts_with("urn:ietf:params:oauth:request_uri:")) << uri;
    const std::string pages = begin(browser, uri);
    EXPECT_FALSE(pages.contains("redirect_uri")) << "the browser does not learn of the parameters";
    Answer page = browser.walk_to_consent(pages);
    EXPECT_TRUE(page.body().contains("Read notes")) << page.body();
    const Answer answer = browser.submit(page, pages, {{"action", "allow"}});
    const std::string location = answer.field("Location");
    EXPECT_TRUE(location.starts_with("http://127.0.0.1:7777/cb?")) << location;
    EXPECT_EQ(query_value(location, "state"), "af0ifjsldkj");
    const Answer tokens =
        client.token(TokenClient::code_request(query_value(location, "code").value_or("")));
    EXPECT_EQ(tokens.status(), 200) << tokens.body();
    EXPECT_EQ(browser.get(pages).status(), 400) << "it was answered";
}

TEST_F(PushedRequest, ADenialEndsItToo) {
    const std::string pages = begin(browser, push(authorization_request()).json("request_uri"));
    const Answer page = browser.walk_to_consent(pages);
    const Answer denied = browser.submit(page, pages, {{"action", "deny"}});
    EXPECT_EQ(query_value(denied.field("Location"), "error"), "access_denied");
    EXPECT_EQ(browser.submit(page, pages, {{"action", "allow"}}).status(), 400);
}

// §4: single use.
TEST_F(PushedRequest, IsBegunOnce) {
    const std::string uri = push(authorization_request()).json("request_uri");
    EXPECT_NE(begin(browser, uri), "");
    EXPECT_EQ(browser.get(query(uri)).status(), 400);
    Browser other(servers, 2);
    EXPECT_EQ(other.get(query(uri)).status(), 400);
}

TEST_F(PushedRequest, ExpiresAfterNinetySeconds) {
    const std::string late = push(authorization_request()).json("request_uri");
    const std::string begun = begin(browser, push(authorization_request()).json("request_uri"));
    servers.advance(seconds{91});
    EXPECT_EQ(browser.get(query(late)).status(), 400);
    EXPECT_EQ(browser.get(begun).status(), 200) << "who signs in takes longer";
}

// §2.2: bound to the client.
TEST_F(PushedRequest, IsOfTheClientThatPushedIt) {
    const std::string uri = push(authorization_request()).json("request_uri");
    EXPECT_EQ(browser.get(query(uri, "pub2")).status(), 400);
    EXPECT_NE(begin(browser, uri), "") << "and nobody else ends it";
}

TEST_F(PushedRequest, NothingElseIsAReference) {
    for (const std::string_view uri :
         {"https://evil.example/request", "urn:ietf:params:oauth:request_uri:x",
          "urn:ietf:params:oauth:request_uri:0123456789012345678901234567890123456789012"}) {
        EXPECT_EQ(browser.get(query(uri)).status(), 400) << uri;
    }
}

// §2.1: the client is authenticated as at the token endpoint.
TEST_F(PushedRequest, NeedsTheClient) {
    Parameters request = authorization_request();
    request["client_id"] = "conf";
    request["redirect_uri"] = "https://app.example/cb";
    expect_error(push(request), "invalid_client", 401);
    expect_error(push(request, basic("conf", "wrong")), "invalid_client", 401);
    const Answer pushed = push(request, basic("conf", conf_secret));
    EXPECT_EQ(pushed.status(), 201) << pushed.body();
    request.erase("client_id");
    const Answer by_header = push(request, basic("conf", conf_secret));
    EXPECT_EQ(by_header.status(), 201) << by_header.body();
    EXPECT_NE(begin(browser, by_header.json("request_uri"), "conf"), "");
}

// §2.1: what is wrong is told to the client, not to a browser.
TEST_F(PushedRequest, IsCheckedBeforeItIsKept) {
    for (const auto& [name, value, error] :
         std::initializer_list<std::tuple<std::string, std::string, std::string>>{
             {"redirect_uri", "https://evil.example/cb", "invalid_request"},
             {"response_type", "token", "unsupported_response_type"},
             {"code_challenge", "", "invalid_request"},
             {"code_challenge_method", "plain", "invalid_request"},
             {"scope", "unheard:of", "invalid_scope"},
             {"resource", "https://elsewhere.example/mcp", "invalid_target"},
             {"request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"},
             {"request", "e30.e30.", "request_not_supported"}}) {
        Parameters request = authorization_request();
        request[name] = value;
        expect_error(push(request), error);
    }
    expect_error(servers.call("par", json_post("/par", "{}")), "invalid_request");
}

TEST_F(PushedRequest, SigningInAgainIsAskedForOnce) {
    Parameters request = authorization_request();
    request["prompt"] = "login";
    browser.code();  // signed in already
    const std::string pages = begin(browser, push(request).json("request_uri"));
    const Answer login = browser.get(pages);
    EXPECT_TRUE(login.body().contains("name=\"password\""));
    const Answer page = browser.walk_to_consent(pages);
    EXPECT_TRUE(page.body().contains("wants access")) << page.body();
}

// §5
TEST(PushedRequests, AreDemandedWhereTheSettingsSaySo) {
    oauth::Settings settings = test_settings();
    settings.require_pushed_requests = true;
    Servers servers(settings);
    Browser browser(servers);
    EXPECT_EQ(browser.get(authorization_request()).status(), 400);
    const Answer pushed = servers.call("par", form_post("/par", encode(authorization_request())));
    const Answer begun =
        browser.get(encode({{"client_id", "pub"}, {"request_uri", pushed.json("request_uri")}}));
    EXPECT_EQ(begun.status(), 303);
    const Sent sent{http::Method::get, "/.well-known/oauth-authorization-server"};
    const Answer metadata = servers.call("metadata", sent);
    EXPECT_EQ(metadata.json("require_pushed_authorization_requests"), "true");
    EXPECT_EQ(metadata.json("pushed_authorization_request_endpoint"), "https://as.example/par");
    Servers others(test_settings());
    EXPECT_EQ(others.call("metadata", sent).json("require_pushed_authorization_requests"), "");
}

}  // namespace
}  // namespace sluice::oauth_test
