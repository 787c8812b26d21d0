// The whole way of one person and one client, on one shard and on several.
#include <gtest/gtest.h>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

class Flow : public testing::TestWithParam<unsigned> {
protected:
    Servers servers{test_settings(), GetParam()};
};

TEST_P(Flow, APersonSignsInAllowsAndTheClientGetsTokensThatWork) {
    for (unsigned shard = 0; shard < servers.shard_count(); ++shard) {
        Browser browser(servers, shard);
        const std::string code = browser.code();
        ASSERT_FALSE(code.empty());
        TokenClient client(servers, (shard + 1) % servers.shard_count());
        const Answer tokens = client.token(TokenClient::code_request(code));
        ASSERT_EQ(tokens.status(), 200) << tokens.body();
        EXPECT_EQ(tokens.json("token_type"), "Bearer");
        EXPECT_EQ(tokens.json("expires_in"), "3600");
        EXPECT_EQ(tokens.json("scope"), "mcp:read mcp:write");

        for (unsigned asked = 0; asked < servers.shard_count(); ++asked) {
            const Answer info = TokenClient(servers, asked).introspect(tokens.json("access_token"));
            EXPECT_EQ(info.status(), 200);
            EXPECT_EQ(info.json("active"), "true");
            EXPECT_EQ(info.json("sub"), "alice");
            EXPECT_EQ(info.json("aud"), mcp);
            EXPECT_EQ(info.json("client_id"), "pub");
        }

        const Answer refreshed =
            client.token(TokenClient::refresh_request(tokens.json("refresh_token")));
        ASSERT_EQ(refreshed.status(), 200) << refreshed.body();
        EXPECT_TRUE(client.is_active(refreshed.json("access_token")));
        EXPECT_NE(refreshed.json("refresh_token"), tokens.json("refresh_token"));
    }
    EXPECT_EQ(servers.observer.count(oauth::EventKind::tokens_issued), 2 * servers.shard_count());
    EXPECT_EQ(servers.observer.count(oauth::EventKind::login_succeeded), servers.shard_count());
}

TEST_P(Flow, TheGatewayInProcessIsToldTheSameAsAnIntrospection) {
    const Answer tokens = TokenClient(servers).sign_in();
    for (unsigned shard = 0; shard < servers.shard_count(); ++shard) {
        std::optional<token::TokenInfo> info;
        io::TaskGroup group;
        const std::string text = tokens.json("access_token");
        const auto ask = [](AuthorizationServer& server, const std::string& asked,
                            std::optional<token::TokenInfo>& out) -> io::Task<void> {
            token::TokenInfo found;
            const auto activity = co_await server.find_active(asked, found);
            if (activity == oauth::Activity::active) out = std::move(found);
        };
        group.spawn(ask(servers.server(shard), text, info));
        for (int i = 0; i < 20 && group.size() > 0; ++i) servers.advance(Duration::zero());
        ASSERT_TRUE(info.has_value());
        std::string json;
        token::append_introspection_json(json, *info);
        const auto told = token::parse_introspection_json(json);
        const auto answered =
            token::parse_introspection_json(TokenClient(servers).introspect(text).body());
        ASSERT_TRUE(told && *told && answered && *answered);
        EXPECT_EQ((*told)->subject, (*answered)->subject);
        EXPECT_EQ((*told)->scope, (*answered)->scope);
        EXPECT_EQ((*told)->audience, (*answered)->audience);
        EXPECT_EQ((*told)->expires_at, (*answered)->expires_at);
        EXPECT_EQ((*told)->issued_at, (*answered)->issued_at);
    }
}

INSTANTIATE_TEST_SUITE_P(Shards, Flow, testing::Values(1U, 3U));

}  // namespace
}  // namespace sluice::oauth_test
