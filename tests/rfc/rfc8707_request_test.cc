// RFC 8707 at the authorization server: which resource a request asks for.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

constexpr std::string_view other = "https://rs.example/other";

class ResourceParameter : public testing::Test {
protected:
    static oauth::Settings two_resources() {
        oauth::Settings settings = test_settings();
        settings.resources.push_back({resource(other), "Other"});
        return settings;
    }
    std::string audience(const Answer& tokens) {
        EXPECT_EQ(tokens.status(), 200) << tokens.body();
        return client.introspect(tokens.json("access_token")).json("aud");
    }
    Answer post_token(const Parameters& parameters, std::string_view more) {
        Sent sent = form_post("/token", encode(parameters).append(more));
        return servers.call("token", sent);
    }

    Servers servers{two_resources()};
    TokenClient client{servers};
    Parameters request = authorization_request();
    std::string same = "&" + encode({{"resource", "https://RS.example:443/mcp/"}});
    std::string another = "&" + encode({{"resource", std::string(other)}});
};

TEST_F(ResourceParameter, TheSameResourceTwiceIsOneAndTwoAreAnInvalidTarget) {
    Browser browser(servers);
    EXPECT_EQ(browser.get(encode(request) + same).status(), 200);
    EXPECT_EQ(query_value(browser.get(encode(request) + another).field("Location"), "error"),
              "invalid_target");

    Parameters redeem = TokenClient::code_request(browser.code(request));
    redeem["resource"] = mcp;
    EXPECT_EQ(post_token(redeem, another).error(), "invalid_target");
    const Answer tokens = post_token(redeem, same);
    EXPECT_EQ(audience(tokens), mcp);

    Parameters refresh = TokenClient::refresh_request(tokens.json("refresh_token"));
    refresh["resource"] = mcp;
    EXPECT_EQ(post_token(refresh, another).error(), "invalid_target");
    EXPECT_EQ(audience(post_token(refresh, same)), mcp);

    const Parameters own{{"grant_type", "client_credentials"},
                         {"client_id", "conf"},
                         {"client_secret", std::string(conf_secret)},
                         {"resource", std::string(mcp)}};
    EXPECT_EQ(post_token(own, another).error(), "invalid_target");
    EXPECT_EQ(audience(post_token(own, same)), mcp);
}

TEST_F(ResourceParameter, WhoAsksForNoneGetsTheFirstAndNoOtherLater) {
    request["resource"] = "";
    Browser browser(servers);
    Parameters redeem = TokenClient::code_request(browser.code(request));
    redeem["resource"] = other;  // which the person has not seen
    EXPECT_EQ(client.token(redeem).error(), "invalid_target");
    redeem["resource"] = "";
    EXPECT_EQ(audience(client.token(redeem)), mcp);
    EXPECT_EQ(audience(client.token(
                  {{"grant_type", "client_credentials"}, {"resource", std::string(other)}},
                  basic("conf", conf_secret))),
              other);
}

TEST(AnyResource, AGrantForNoneInParticularIsNotNarrowedBehindThePersonsBack) {
    oauth::Settings settings = test_settings();
    settings.resources.clear();
    Servers servers(settings);
    TokenClient client(servers);
    Parameters request = authorization_request();
    Parameters redeem = TokenClient::code_request(Browser(servers).code(request));
    const Answer tokens = client.token(redeem);
    EXPECT_EQ(client.introspect(tokens.json("access_token")).json("aud"), mcp);

    request["resource"] = "";
    redeem = TokenClient::code_request(Browser(servers).code(request));
    redeem["resource"] = mcp;
    EXPECT_EQ(client.token(redeem).error(), "invalid_target");
    redeem["resource"] = "";
    EXPECT_EQ(client.token(redeem).status(), 200);
}

TEST(OfflineAccess, AloneComesWithTheDefaultScope) {
    Servers servers(test_settings());
    Parameters request = authorization_request();
    request["scope"] = "offline_access";
    EXPECT_EQ(TokenClient(servers).sign_in(request).json("scope"), "mcp:read offline_access");
    request["scope"] = "mcp:write offline_access";
    EXPECT_EQ(TokenClient(servers).sign_in(request).json("scope"), "mcp:write offline_access");
}

}  // namespace
}  // namespace sluice::oauth_test
