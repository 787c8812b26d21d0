// Sessions, forms and logins of a browser.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class SessionTest : public testing::Test {
protected:
    Answer log_in(Browser& with, std::string_view username, std::string_view secret) {
        const Answer page = with.get(query);
        return with.submit(page, query,
                           {{"action", "login"},
                            {"username", std::string(username)},
                            {"password", std::string(secret)}});
    }

    Servers servers{test_settings(), 2};
    Browser browser{servers};
    std::string query = encode(authorization_request());
};

TEST_F(SessionTest, TheCookieIsOutOfReachOfScriptsOtherSitesAndPlainHttp) {
    const std::string cookie = browser.get(query).field("Set-Cookie");
    EXPECT_TRUE(cookie.starts_with("__Host-sluice_session=sse_")) << cookie;
    for (const char* part : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"}) {
        EXPECT_TRUE(cookie.contains(part)) << cookie;
    }
    EXPECT_FALSE(cookie.contains("Domain"));
    EXPECT_FALSE(cookie.contains("Max-Age"));
}

TEST(SessionCookie, APlainHttpIssuerHasAPlainCookie) {
    oauth::Settings settings = test_settings();
    settings.issuer = "http://127.0.0.1:8080";
    Servers servers(settings);
    const std::string cookie = Browser(servers).get(authorization_request()).field("Set-Cookie");
    EXPECT_TRUE(cookie.starts_with("sluice_session=sse_")) << cookie;
    EXPECT_FALSE(cookie.contains("Secure"));
    EXPECT_TRUE(cookie.contains("HttpOnly"));
}

TEST_F(SessionTest, SigningInGivesANewCookieAndGoesOnByGet) {
    browser.get(query);
    const std::string before = browser.cookie;
    const Answer answer = log_in(browser, "alice", password);
    EXPECT_EQ(answer.status(), 303);
    EXPECT_TRUE(answer.field("Location").starts_with("/authorize?"));
    EXPECT_NE(browser.cookie, before);
    Browser planted(servers);
    planted.cookie = before;
    EXPECT_TRUE(planted.get(query).body().contains("name=\"password\""));
    EXPECT_TRUE(browser.get(query).body().contains("value=\"allow\""));
}

TEST_F(SessionTest, ASessionLivesOnEveryShardUntilItsTimeIsOver) {
    log_in(browser, "alice", password);
    for (unsigned shard = 0; shard < 2; ++shard) {
        Browser other(servers, shard);
        other.cookie = browser.cookie;
        EXPECT_TRUE(other.get(query).body().contains("value=\"allow\""));
    }
    servers.advance(std::chrono::hours{12});
    EXPECT_TRUE(browser.get(query).body().contains("name=\"password\""));
}

TEST_F(SessionTest, AFormWithoutItsTokenItsCookieOrItsQueryDoesNothing) {
    const Answer page = browser.get(query);
    const Parameters login{{"action", "login"},
                           {"username", "alice"},
                           {"password", std::string(password)},
                           {"form_token", Browser::form_token(page)}};
    Parameters without_token = login;
    without_token["form_token"] = "";
    EXPECT_EQ(browser.post(query, without_token).status(), 400);
    Parameters forged = login;
    forged["form_token"] = std::string(43, 'A');
    EXPECT_EQ(browser.post(query, forged).status(), 400);
    Browser no_cookie(servers);
    EXPECT_EQ(no_cookie.post(query, login).status(), 400);
    Browser other_cookie(servers);
    other_cookie.get(query);
    EXPECT_EQ(other_cookie.post(query, login).status(), 400);
    Parameters other = authorization_request();
    other["state"] = "another";
    EXPECT_EQ(browser.post(encode(other), login).status(), 400);
    EXPECT_EQ(browser.post(query, login).status(), 303);  // the control
}

TEST_F(SessionTest, TheTokenOfTheLoginFormDoesNotGiveConsent) {
    log_in(browser, "alice", password);
    const Answer login_page = browser.get(query + "&prompt=login");
    const Answer consent_page = browser.get(query);
    EXPECT_EQ(
        browser.post(query, {{"action", "allow"}, {"form_token", Browser::form_token(login_page)}})
            .status(),
        400);
    EXPECT_EQ(browser.submit(consent_page, query, {{"action", "allow"}}).status(), 303);
}

TEST_F(SessionTest, ConsentOfOneRequestIsNotConsentToAnother) {
    log_in(browser, "alice", password);
    const Answer page = browser.get(query);
    Parameters wider = authorization_request();
    wider["scope"] = "mcp:read mcp:write offline_access";
    EXPECT_EQ(browser.submit(page, encode(wider), {{"action", "allow"}}).status(), 400);
    Parameters other = authorization_request();
    other["client_id"] = "pub2";
    other["redirect_uri"] = "http://127.0.0.1:7778/cb";
    EXPECT_EQ(browser.submit(page, encode(other), {{"action", "allow"}}).status(), 400);
}

TEST_F(SessionTest, ConsentIsAskedForEachTimeAndOfEachClient) {
    EXPECT_EQ(browser.authorize(authorization_request()).status(), 303);
    EXPECT_TRUE(browser.get(query).body().contains("value=\"allow\""));
    Parameters other = authorization_request();
    other["client_id"] = "pub2";
    other["redirect_uri"] = "http://127.0.0.1:7778/cb";
    EXPECT_TRUE(browser.get(other).body().contains("value=\"allow\""));
}

TEST(RememberedConsent, HoldsForTheSameClientDestinationResourceAndScopesOnly) {
    oauth::Settings settings = test_settings();
    settings.remember_consent = true;
    settings.resources.push_back({resource("https://rs.example/other"), "Other"});
    settings.clients[0].redirect_uris = {"https://pub.example/cb", "https://other.example/cb"};
    settings.clients[1].redirect_uris = {"https://pub.example/cb"};
    Servers servers(settings, 2);
    Browser browser(servers);
    Parameters request = authorization_request();
    request["redirect_uri"] = "https://pub.example/cb";
    ASSERT_EQ(browser.authorize(request).status(), 303);

    const auto goes_through = [&](const Parameters& asked) {
        const Answer answer = browser.get(asked);
        return answer.status() == 303 && query_value(answer.field("Location"), "code").has_value();
    };
    EXPECT_TRUE(goes_through(request));
    Parameters same = request;
    same["scope"] = "mcp:read";
    EXPECT_TRUE(goes_through(same));
    same["prompt"] = "none";
    EXPECT_TRUE(goes_through(same));
    for (const auto& [name, value] : Parameters{{"scope", "mcp:read mcp:write offline_access"},
                                                {"redirect_uri", "https://other.example/cb"},
                                                {"resource", "https://rs.example/other"},
                                                {"prompt", "consent"}}) {
        Parameters other = request;
        other[name] = value;
        EXPECT_FALSE(goes_through(other)) << name;
    }
    Parameters other_client = request;
    other_client["client_id"] = "pub2";
    EXPECT_FALSE(goes_through(other_client));
    Browser bob(servers, 1);
    EXPECT_TRUE(bob.walk_to_consent(encode(request), "bob").body().contains("value=\"allow\""));
}

TEST(RememberedConsent, NeverCoversALoopbackRedirectOfAPublicClient) {
    oauth::Settings settings = test_settings();
    settings.remember_consent = true;
    Servers servers(settings);
    Browser browser(servers);
    ASSERT_EQ(browser.authorize(authorization_request()).status(), 303);
    EXPECT_TRUE(browser.get(authorization_request()).body().contains("value=\"allow\""));
}

TEST(RememberedConsent, OfAClientThatRegisteredItselfHoldsAtItsHttpsAddressOnly) {
    oauth::Settings settings = test_settings();
    settings.remember_consent = true;
    Servers servers(settings);
    const auto asked_again = [&](const std::string& uri) {
        const Answer registered = servers.call(
            "register",
            json_post("/register",
                      R"({"token_endpoint_auth_method":"none","redirect_uris":[")" + uri + "\"]}"));
        Parameters request = authorization_request();
        request["client_id"] = registered.json("client_id");
        request["redirect_uri"] = uri;
        Browser browser(servers);
        EXPECT_EQ(browser.authorize(request).status(), 303);
        return browser.get(request).body().contains("value=\"allow\"");
    };
    EXPECT_FALSE(asked_again("https://app.example/cb"));
    EXPECT_TRUE(asked_again("http://127.0.0.1:4444/cb"));
    EXPECT_TRUE(asked_again("http://localhost/cb"));
    EXPECT_TRUE(asked_again("cursor://anysphere/cb"));
}

TEST_F(SessionTest, AWrongPasswordAndAnUnknownUserGetTheSameAnswer) {
    const Answer wrong = log_in(browser, "alice", "wrong");
    Browser other(servers);
    const Answer unknown = log_in(other, "nobody", "wrong");
    EXPECT_EQ(wrong.status(), 403);
    EXPECT_EQ(unknown.status(), 403);
    EXPECT_TRUE(wrong.body().contains("Incorrect username or password."));
    EXPECT_TRUE(unknown.body().contains("Incorrect username or password."));
    EXPECT_FALSE(wrong.body().contains("value=\"wrong\""));
    EXPECT_TRUE(browser.get(query).body().contains("name=\"password\""));
    // What was typed for a user that does not exist may be a password: it is not reported.
    EXPECT_EQ(servers.observer.events.back().username, "");
}

TEST_F(SessionTest, ThePageAfterAWrongPasswordWorks) {
    const Answer again = log_in(browser, "alice", "wrong");
    EXPECT_EQ(
        browser
            .submit(
                again, query,
                {{"action", "login"}, {"username", "alice"}, {"password", std::string(password)}})
            .status(),
        303);
}

TEST_F(SessionTest, FailedLoginsAreHeldLongerAndLongerAndThenRefusedForKnownAndUnknownUsers) {
    for (const char* username : {"alice", "nobody"}) {
        std::vector<Duration> took;
        Answer last = browser.get(query);
        for (int i = 0; i < 15 && last.status() != 429; ++i) {
            const MonotonicTime before = servers.clock.monotonic();
            last = log_in(browser, username, "wrong");
            took.push_back(servers.clock.monotonic() - before);
        }
        ASSERT_EQ(last.status(), 429) << username;
        EXPECT_NE(last.field("Retry-After"), "");
        EXPECT_EQ(took.size(), 11U);
        EXPECT_LT(took[0], std::chrono::milliseconds{200});
        EXPECT_GT(took[6], std::chrono::seconds{1});
        // Also with the right password: otherwise the guess that is right would show.
        EXPECT_EQ(log_in(browser, username, password).status(), 429);
        servers.advance(std::chrono::minutes{16});
    }
    EXPECT_EQ(log_in(browser, "alice", password).status(), 303);
}

TEST_F(SessionTest, GuessesSentAtOnceAreSlowedToo) {
    const Answer page = browser.get(query);
    const Parameters guess{{"action", "login"},
                           {"username", "alice"},
                           {"password", "wrong"},
                           {"form_token", Browser::form_token(page)}};
    std::vector<std::unique_ptr<Servers::Call>> calls;
    for (unsigned i = 0; i < 15; ++i) {
        Sent sent = form_post("/authorize?" + query, encode(guess));
        sent.field("Cookie", browser.cookie);
        calls.push_back(servers.begin("authorize", sent, i % 2));
    }
    int refused = 0;
    for (const auto& call : calls) refused += call->answer().status() == 429 ? 1 : 0;
    EXPECT_EQ(refused, 5);
}

TEST_F(SessionTest, AnotherAccountCanBeUsedInstead) {
    log_in(browser, "alice", password);
    const Answer page = browser.get(query);
    EXPECT_TRUE(page.body().contains("prompt=login"));
    const std::string other = query + "&prompt=login";
    Answer login = browser.get(other);
    login = browser.submit(
        login, other,
        {{"action", "login"}, {"username", "bob"}, {"password", std::string(password)}});
    ASSERT_EQ(login.status(), 303);
    EXPECT_FALSE(login.field("Location").contains("prompt"));
    EXPECT_TRUE(browser.get(query).body().contains(">Bob"));
}

TEST_F(SessionTest, SigningInAgainEndsTheSessionFromBefore) {
    const std::string again = query + "&prompt=login";
    for (const char* username : {"alice", "bob"}) {
        Browser earlier(servers);
        log_in(earlier, "alice", password);
        browser.cookie = earlier.cookie;
        const Answer page = browser.get(again);
        ASSERT_EQ(browser
                      .submit(page, again,
                              {{"action", "login"},
                               {"username", username},
                               {"password", std::string(password)}})
                      .status(),
                  303);
        EXPECT_TRUE(earlier.get(query).body().contains("name=\"password\"")) << username;
        EXPECT_TRUE(browser.get(query).body().contains("value=\"allow\"")) << username;
    }
}

TEST_F(SessionTest, APostThatIsNoFormOfOursIsRefused) {
    browser.get(query);
    EXPECT_EQ(browser.post(query, {{"action", "dance"}}).status(), 400);
    EXPECT_EQ(browser.post(query, {}).status(), 400);
}

}  // namespace
}  // namespace sluice::oauth_test
