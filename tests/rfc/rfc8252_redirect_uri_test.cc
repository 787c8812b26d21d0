// Which redirect URIs may be registered: RFC 8252 §7, RFC 7591 §2, RFC 9700 §4.1.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class RedirectUriTest : public testing::Test {
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

TEST_F(RedirectUriTest, RedirectUrisOfRfc8252AreTaken) {
    for (const char* uri :
         {"https://app.example/cb", "https://app.example:8443/cb?x=1", "http://localhost/callback",
          "http://127.0.0.1:33418", "http://127.0.0.1:33418/", "http://[::1]:1234/cb",
          "com.example.app:/oauth", "cursor://anysphere.cursor-retrieval/oauth/callback",
          "vscode://vscode.github-authentication/did-authenticate", "claude://cb"}) {
        EXPECT_EQ(post_uri(uri).status(), 201) << uri;
    }
}

TEST_F(RedirectUriTest, BadRedirectUrisAreNamedAndRefused) {
    for (const char* uri : {"javascript:alert(1)",
                            "JavaScript://x/%0aalert(1)",
                            "data:text/html,x",
                            "file:///etc/passwd",
                            "vbscript:x",
                            "http://app.example/cb",
                            "http://10.0.0.1/cb",
                            "http://localhost.evil.example/cb",
                            "http://127.0.0.1@evil.example/cb",
                            "http://LOCALHOST/cb",
                            "https://user:pw@app.example/cb",
                            "https://app.example/cb#f",
                            "https://*.example/cb",
                            "https://app.example/cb%00",
                            "https://app.example/%0d%0aX:y",
                            "https://app.example/a b",
                            "https://",
                            "https:///cb",
                            "//app.example/cb",
                            "/cb",
                            "cb",
                            "",
                            "urn:ietf:wg:oauth:2.0:oob",
                            "app:callback",
                            "https://app.example:99999/",
                            "https://app.example\\\\@evil.example/",
                            "ftp://app.example/",
                            "ws://localhost/cb",
                            "about:blank",
                            "blob:https://app.example/x"}) {
        const Answer answer = post_uri(uri);
        EXPECT_EQ(answer.status(), 400) << uri;
        EXPECT_EQ(answer.error(), "invalid_redirect_uri") << uri;
    }
    const Answer named =
        post(R"({"redirect_uris":["https://ok.example/cb","http://bad.example/"]})");
    EXPECT_TRUE(named.json("error_description").contains("http://bad.example/"));
    EXPECT_FALSE(named.json("error_description").contains("ok.example"));
}

TEST_F(RedirectUriTest, SchemesThatStartAProgramAreRefused) {
    for (const char* uri :
         {"ms-appinstaller:/?source=https://evil.example/x.msix", "ms-word:/ofe|u|https://x",
          "shell:/startup", "search-ms:/query", "itms-services:/?action=download", "steam://run/1",
          "ms-excel:/x", "microsoft-edge:/https://x", "zoommtg://x/join", "skype:/x", "jnlp:/x",
          "apt:/evil", "MS-WORD:/x"}) {
        EXPECT_EQ(post_uri(uri).error(), "invalid_redirect_uri") << uri;
    }
    for (const char* uri :
         {"cursor://anysphere.cursor-retrieval/oauth/callback", "vscode://vscode.github/callback",
          "claude://claude.ai/callback", "com.example.app:/callback", "Cursor://x/cb"}) {
        EXPECT_EQ(post_uri(uri).status(), 201) << uri;
    }
}

TEST_F(RedirectUriTest, RedirectUrisOfTheWrongTypeAreRefused) {
    for (const char* value : {"\"https://app.example/cb\"", "[1]", "[null]", "{}", "null", "[]",
                              "[[\"https://app.example/cb\"]]", "[\"a\\u0000b\"]"}) {
        const Answer answer = post(R"({"redirect_uris":)" + std::string(value) + "}");
        EXPECT_EQ(answer.status(), 400) << value;
        EXPECT_EQ(answer.error(), "invalid_redirect_uri") << value;
    }
    EXPECT_EQ(post("{}").error(), "invalid_redirect_uri");
}

}  // namespace
}  // namespace sluice::oauth_test
