// What stands on the pages, and what protects them.
#include <gtest/gtest.h>

#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class Pages : public testing::Test {
protected:
    std::string register_client(std::string_view name, std::string_view uri) {
        std::string json = R"({"token_endpoint_auth_method":"none","client_name":")";
        json.append(name).append(R"(","redirect_uris":[")").append(uri).append("\"]}");
        const Answer answer = servers.call("register", json_post("/register", json));
        EXPECT_EQ(answer.status(), 201) << answer.body();
        return answer.json("client_id");
    }
    static void expect_protected(const Answer& page) {
        const std::string policy = page.field("Content-Security-Policy");
        EXPECT_TRUE(policy.contains("default-src 'none'")) << policy;
        EXPECT_TRUE(policy.contains("frame-ancestors 'none'")) << policy;
        EXPECT_TRUE(policy.contains("base-uri 'none'")) << policy;
        EXPECT_FALSE(policy.contains("unsafe-inline")) << policy;
        EXPECT_FALSE(policy.contains("script-src")) << policy;
        EXPECT_EQ(page.field("X-Frame-Options"), "DENY");
        EXPECT_EQ(page.field("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(page.field("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(page.field("Cache-Control"), "no-store");
        EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
        EXPECT_FALSE(page.has_field("Cross-Origin-Opener-Policy")) << "popups need their opener";
        EXPECT_FALSE(page.body().contains("<script"));
    }

    Servers servers{test_settings()};
    Browser browser{servers};
    Parameters request = authorization_request();
};

TEST_F(Pages, EveryPageIsProtected) {
    expect_protected(browser.get(request));
    expect_protected(browser.walk_to_consent(encode(request)));
    Parameters bad = request;
    bad["client_id"] = "nobody";
    expect_protected(browser.get(bad));
}

TEST_F(Pages, ThePolicyAllowsExactlyTheStyleThatStandsOnThePage) {
    const Answer page = browser.get(request);
    const std::size_t begin = page.body().find("<style>") + 7;
    const std::string css = page.body().substr(begin, page.body().find("</style>") - begin);
    const std::string hash = crypto::base64_unpadded(crypto::as_text(crypto::sha256(css)));
    EXPECT_TRUE(page.field("Content-Security-Policy").contains("style-src 'sha256-" + hash + "='"));
}

TEST_F(Pages, ThePolicyHoldsNoRedirectBehindAFormBack) {
    // A callback may lead on to an app's own scheme: browsers hold form-action against that too.
    for (const Answer& page : {browser.get(request), browser.walk_to_consent(encode(request))}) {
        EXPECT_FALSE(page.field("Content-Security-Policy").contains("form-action"));
    }
}

TEST_F(Pages, TheConsentPageNamesClientScopesResourceAndDestination) {
    const std::string html = browser.walk_to_consent(encode(request)).body();
    for (const char* part :
         {"Public test client", "Read notes", "Create, change and delete notes", "mcp:write",
          "Notes", "https://rs.example/mcp", "127.0.0.1:7777", "Alice Liddell", "Allow", "Deny"}) {
        EXPECT_TRUE(html.contains(part)) << part;
    }
    EXPECT_FALSE(html.contains("unverified"));
}

TEST_F(Pages, AClientThatRegisteredItselfIsMarkedAsUnverified) {
    request["client_id"] = register_client("Trusted Bank", "https://evil.example/cb");
    request["redirect_uri"] = "https://evil.example/cb";
    const std::string html = browser.walk_to_consent(encode(request)).body();
    EXPECT_TRUE(html.contains("unverified"));
    EXPECT_TRUE(html.contains("evil.example"));
}

TEST_F(Pages, WhatComesFromOutsideIsEscaped) {
    constexpr std::string_view markup = "<script>alert(1)</script>\\\"'&";
    request["client_id"] = register_client(markup, "https://app.example/cb");
    request["redirect_uri"] = "https://app.example/cb";
    request["state"] = "<script>";
    const std::string query = encode(request) + "&%3Cscript%3E=%22%3E%3Cscript%3E";
    for (const Answer& page : {browser.get(query), browser.walk_to_consent(query)}) {
        EXPECT_EQ(page.status(), 200);
        EXPECT_FALSE(page.body().contains("<script"));
        EXPECT_TRUE(page.body().contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    }
    for (const char* name :
         {"client_id", "redirect_uri", "scope", "response_type", "resource", "prompt", "state"}) {
        Parameters bad = authorization_request();
        bad[name] = "\"><script>alert(1)</script>";
        EXPECT_FALSE(browser.get(bad).body().contains("<script")) << name;
    }
    Parameters twice = authorization_request();
    EXPECT_FALSE(browser.get(encode(twice) + "&client_id=%3Cscript%3E").body().contains("<script"));
}

TEST_F(Pages, ASchemeInCapitalsDoesNotHideTheHost) {
    request["client_id"] = register_client("App", "HTTPS://evil.example/cb");
    request["redirect_uri"] = "HTTPS://evil.example/cb";
    const std::string html = browser.walk_to_consent(encode(request)).body();
    EXPECT_TRUE(html.contains("<strong>evil.example</strong>"));
    EXPECT_FALSE(html.contains("HTTPS:<"));
    EXPECT_FALSE(html.contains("the app that opens"));
}

TEST_F(Pages, AfterAWrongPasswordTheNameStandsInTheFormAndThePasswordIsNext) {
    const std::string query = encode(request);
    const Answer first = browser.get(query);
    EXPECT_TRUE(first.body().contains("maxlength=\"256\" value=\"\" required autofocus>"));
    const Answer again = browser.submit(
        first, query, {{"action", "login"}, {"username", "al\"><b>ice"}, {"password", "wrong"}});
    EXPECT_EQ(again.status(), 403);
    EXPECT_TRUE(again.body().contains("value=\"al&quot;&gt;&lt;b&gt;ice\" required>"));
    EXPECT_TRUE(again.body().contains("maxlength=\"1024\" required autofocus>"));
    EXPECT_FALSE(again.body().contains("wrong\""));
    const Answer long_name = browser.submit(
        again, query,
        {{"action", "login"}, {"username", std::string(5000, 'a')}, {"password", "wrong"}});
    EXPECT_FALSE(long_name.body().contains("aaaaaaaa"));
}

TEST_F(Pages, AnUnknownClientIsToldHowToGoOn) {
    request["client_id"] = "client_gone";
    const std::string html = browser.get(request).body();
    EXPECT_TRUE(html.contains("Unknown app"));
    EXPECT_TRUE(html.contains("add it again"));
}

TEST_F(Pages, TheLoginFormWorksForPasswordManagersAndWithoutScript) {
    const std::string html = browser.get(request).body();
    for (const char* part : {"<html lang=\"en\">", "name=\"viewport\"", "<label for=\"username\">",
                             "<label for=\"password\">", "autocomplete=\"username\"",
                             "autocomplete=\"current-password\"", "type=\"password\"", "autofocus",
                             "method=\"post\"", "<title>"}) {
        EXPECT_TRUE(html.contains(part)) << part;
    }
}

}  // namespace
}  // namespace sluice::oauth_test
