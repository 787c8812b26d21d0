// Refresh tokens: RFC 6749 §6, rotation of OAuth 2.1 §4.3.1, RFC 8707 §2.2.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

using std::chrono::seconds;

class RefreshTest : public testing::Test {
protected:
    Answer refresh(std::string_view text, std::string_view client_id = "pub") {
        return client.token(TokenClient::refresh_request(text, client_id));
    }
    Answer refresh_with(std::string_view text, const Parameters& more) {
        Parameters request = TokenClient::refresh_request(text);
        for (const auto& [name, value] : more) request[name] = value;
        return client.token(request);
    }

    Answer revoke(std::string_view text, std::string_view client_id = "pub") {
        return servers.call("revoke",
                            form_post("/revoke", encode({{"token", std::string(text)},
                                                         {"client_id", std::string(client_id)}})));
    }

    Servers servers{test_settings(), 2};
    TokenClient client{servers};
};

TEST_F(RefreshTest, RotationReplacesTheTokenAndKeepsScopeAndResource) {
    const Answer first = client.sign_in();
    const Answer second = refresh(first.json("refresh_token"));
    ASSERT_EQ(second.status(), 200);
    EXPECT_NE(second.json("refresh_token"), first.json("refresh_token"));
    EXPECT_NE(second.json("access_token"), first.json("access_token"));
    EXPECT_EQ(second.json("scope"), "mcp:read mcp:write");
    EXPECT_EQ(client.introspect(second.json("access_token")).json("aud"), mcp);
    // The access token from before lives on until it expires.
    EXPECT_TRUE(client.is_active(first.json("access_token")));
}

TEST_F(RefreshTest, InsideTheWindowTheSameClientGetsTheSameSuccessor) {
    const Answer first = client.sign_in();
    const Answer second = refresh(first.json("refresh_token"));
    servers.advance(seconds{119});
    const Answer again = refresh(first.json("refresh_token"));
    ASSERT_EQ(again.status(), 200);
    EXPECT_EQ(again.json("refresh_token"), second.json("refresh_token"));
    EXPECT_EQ(again.json("access_token"), second.json("access_token"));
    EXPECT_EQ(again.json("expires_in"), "3481");
    EXPECT_EQ(servers.observer.count(oauth::EventKind::refresh_repeated), 1U);
    EXPECT_EQ(refresh(second.json("refresh_token")).status(), 200);
}

TEST_F(RefreshTest, AReplayAfterTheWindowEndsTheFamily) {
    const Answer first = client.sign_in();
    const Answer second = refresh(first.json("refresh_token"));
    servers.advance(seconds{120});
    const Answer replay = refresh(first.json("refresh_token"));
    EXPECT_EQ(replay.status(), 400);
    EXPECT_EQ(replay.error(), "invalid_grant");
    EXPECT_EQ(refresh(second.json("refresh_token")).error(), "invalid_grant");
    EXPECT_FALSE(client.is_active(second.json("access_token")));
    EXPECT_EQ(servers.observer.count(oauth::EventKind::replay_detected), 1U);
}

TEST_F(RefreshTest, AReplayEndsTheFamilyAlsoSeveralRotationsAndASweepLater) {
    const Answer first = client.sign_in();
    std::string current = first.json("refresh_token");
    for (int i = 0; i < 10; ++i) {
        current = refresh(current).json("refresh_token");
        servers.advance(std::chrono::minutes{10});
    }
    for (int i = 0; i < 20; ++i) servers.advance(seconds{1});  // what was replaced is forgotten
    EXPECT_EQ(refresh(first.json("refresh_token")).error(), "invalid_grant");
    EXPECT_EQ(servers.observer.count(oauth::EventKind::replay_detected), 1U);
    EXPECT_EQ(refresh(current).error(), "invalid_grant");
}

TEST_F(RefreshTest, AReplayEndsTheFamilyHoweverManyRotationsLater) {
    const Answer first = client.sign_in();
    const std::string stolen = first.json("refresh_token");
    std::string current = stolen;
    for (int i = 0; i < 150; ++i) {
        current = refresh(current).json("refresh_token");
        servers.advance(seconds{121});
    }
    const std::string access = refresh(current).json("access_token");
    EXPECT_TRUE(client.is_active(access));
    EXPECT_EQ(refresh(stolen, "pub2").error(), "invalid_grant");
    EXPECT_TRUE(client.is_active(access)) << "another client harms nobody";
    EXPECT_EQ(refresh(stolen).error(), "invalid_grant");
    EXPECT_EQ(servers.observer.count(oauth::EventKind::replay_detected), 1U);
    EXPECT_FALSE(client.is_active(access));
}

TEST_F(RefreshTest, ATokenOfAnotherGrantWithThisTagEndsNoFamily) {
    const Answer first = client.sign_in();
    const Answer other = client.sign_in();
    // The tag of one, the secret of the other.
    const std::string mixed =
        first.json("refresh_token").substr(0, 12) + other.json("refresh_token").substr(12);
    EXPECT_EQ(refresh(mixed).error(), "invalid_grant");
    EXPECT_EQ(refresh(first.json("refresh_token")).status(), 200);
}

TEST_F(RefreshTest, RevokingAReplacedTokenEndsTheGrant) {
    const Answer first = client.sign_in();
    std::string current = first.json("refresh_token");
    for (int i = 0; i < 70; ++i) {
        current = refresh(current).json("refresh_token");
        servers.advance(seconds{121});
    }
    const Answer last = refresh(current);
    EXPECT_EQ(revoke(first.json("refresh_token"), "pub2").status(), 200);
    EXPECT_TRUE(client.is_active(last.json("access_token")));
    EXPECT_EQ(revoke(first.json("refresh_token")).status(), 200);
    EXPECT_FALSE(client.is_active(last.json("access_token")));
    EXPECT_EQ(refresh(last.json("refresh_token")).error(), "invalid_grant");
}

TEST_F(RefreshTest, ATokenThatWasNeverOneEndsNoFamily) {
    const Answer first = client.sign_in();
    std::string invented = first.json("refresh_token");
    invented[20] = invented[20] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refresh(invented).error(), "invalid_grant");
    EXPECT_EQ(refresh(first.json("refresh_token")).status(), 200);
}

TEST_F(RefreshTest, SixteenRefreshesAtOnceLeaveExactlyOneLivingChain) {
    const Answer first = client.sign_in();
    std::vector<std::unique_ptr<Servers::Call>> calls;
    for (unsigned i = 0; i < 16; ++i) {
        calls.push_back(servers.begin(
            "token",
            TokenClient::request(TokenClient::refresh_request(first.json("refresh_token"))),
            i % servers.shard_count()));
    }
    std::set<std::string> successors;
    for (const auto& call : calls) {
        const Answer answer = call->answer();
        ASSERT_EQ(answer.status(), 200) << answer.body();
        successors.insert(answer.json("refresh_token"));
    }
    ASSERT_EQ(successors.size(), 1U);
    EXPECT_EQ(refresh(*successors.begin()).status(), 200);
}

TEST_F(RefreshTest, AnotherClientGetsNothingAndHarmsNobody) {
    const Answer first = client.sign_in();
    EXPECT_EQ(refresh(first.json("refresh_token"), "pub2").error(), "invalid_grant");
    const Answer second = refresh(first.json("refresh_token"));
    ASSERT_EQ(second.status(), 200);
    servers.advance(seconds{121});
    EXPECT_EQ(refresh(first.json("refresh_token"), "pub2").error(), "invalid_grant");
    EXPECT_EQ(refresh(second.json("refresh_token")).status(), 200);
}

TEST_F(RefreshTest, OtherKindsOfTokensDoNotRefresh) {
    const Answer tokens = client.sign_in();
    EXPECT_EQ(refresh(tokens.json("access_token")).error(), "invalid_grant");
    EXPECT_EQ(refresh(Browser(servers).code()).error(), "invalid_grant");
    EXPECT_EQ(refresh("srt_" + std::string(51, 'A')).error(), "invalid_grant");
    EXPECT_EQ(refresh("").error(), "invalid_request");
    EXPECT_FALSE(client.is_active(tokens.json("refresh_token")));
}

TEST_F(RefreshTest, ScopeMayShrinkForOneAccessTokenAndNeverGrow) {
    Parameters request = authorization_request();
    request["scope"] = "mcp:read mcp:write";
    const Answer first = client.sign_in(request);
    const Answer narrow = refresh_with(first.json("refresh_token"), {{"scope", "mcp:read"}});
    EXPECT_EQ(narrow.json("scope"), "mcp:read");
    EXPECT_EQ(client.introspect(narrow.json("access_token")).json("scope"), "mcp:read");
    // The grant itself is as wide as it was.
    const Answer wide = refresh(narrow.json("refresh_token"));
    EXPECT_EQ(wide.json("scope"), "mcp:read mcp:write");
    EXPECT_EQ(
        refresh_with(wide.json("refresh_token"), {{"scope", "mcp:read offline_access"}}).error(),
        "invalid_scope");
    EXPECT_EQ(refresh(wide.json("refresh_token")).status(), 200);  // and nothing was burnt
}

TEST(Refresh, AScopeThatWasLeftOutAtFirstIsLeftOutAgain) {
    oauth::Settings settings = test_settings();
    settings.clients.front().scope = scopes("mcp:read");  // of "pub"
    Servers servers{settings, 2};
    TokenClient client{servers};
    const auto refresh_with = [&](std::string_view text, std::string_view scope) {
        Parameters request = TokenClient::refresh_request(text);
        request["scope"] = scope;
        return client.token(request);
    };
    Parameters request = authorization_request();
    request["scope"] = "mcp:read offline_access";
    const Answer first = client.sign_in(request);
    EXPECT_EQ(first.json("scope"), "mcp:read");
    const Answer second = refresh_with(first.json("refresh_token"), "mcp:read offline_access");
    EXPECT_EQ(second.json("scope"), "mcp:read");
    const Answer third = refresh_with(second.json("refresh_token"), "offline_access");
    EXPECT_EQ(third.json("scope"), "mcp:read");
    EXPECT_EQ(refresh_with(third.json("refresh_token"), "mcp:read mcp:write").error(),
              "invalid_scope");
}

TEST_F(RefreshTest, ARepeatWithAnotherScopeGetsTheSameSuccessorAndItsOwnAccessToken) {
    const Answer first = client.sign_in();
    const Answer wide = refresh(first.json("refresh_token"));
    const Answer narrow = refresh_with(first.json("refresh_token"), {{"scope", "mcp:read"}});
    EXPECT_EQ(narrow.json("refresh_token"), wide.json("refresh_token"));
    EXPECT_NE(narrow.json("access_token"), wide.json("access_token"));
    EXPECT_EQ(client.introspect(narrow.json("access_token")).json("scope"), "mcp:read");
}

TEST_F(RefreshTest, TheResourceMayBeRepeatedButNotChanged) {
    const Answer first = client.sign_in();
    EXPECT_EQ(
        refresh_with(first.json("refresh_token"), {{"resource", "https://x.example/"}}).error(),
        "invalid_target");
    EXPECT_EQ(refresh_with(first.json("refresh_token"), {{"resource", std::string(mcp)}}).status(),
              200);
}

TEST_F(RefreshTest, AnUnusedRefreshTokenExpiresAndEachRotationGivesItNewTime) {
    const Answer first = client.sign_in();
    servers.advance(std::chrono::days{29});
    const Answer second = refresh(first.json("refresh_token"));
    ASSERT_EQ(second.status(), 200);
    servers.advance(std::chrono::days{29});
    const Answer third = refresh(second.json("refresh_token"));
    ASSERT_EQ(third.status(), 200);
    servers.advance(std::chrono::days{30});
    EXPECT_EQ(refresh(third.json("refresh_token")).error(), "invalid_grant");
}

TEST_F(RefreshTest, ATokenIsOverByEitherClockAndAJumpRevivesNothing) {
    const Answer first = client.sign_in();
    servers.clock.jump_wall(std::chrono::hours{1} - seconds{1});
    servers.advance(seconds{0});
    EXPECT_TRUE(client.is_active(first.json("access_token")));
    servers.clock.jump_wall(seconds{1});
    servers.advance(seconds{0});
    EXPECT_FALSE(client.is_active(first.json("access_token"))) << "its exp has passed";
    EXPECT_EQ(refresh(first.json("refresh_token")).status(), 200);
    servers.advance(std::chrono::hours{1});
    servers.clock.jump_wall(-std::chrono::days{800});
    servers.advance(seconds{0});
    EXPECT_FALSE(client.is_active(first.json("access_token")));
}

TEST(RefreshWithoutGrantType, AClientThatDidNotRegisterForItGetsNoRefreshToken) {
    oauth::Settings settings = test_settings();
    settings.clients.front().grant_types.remove(oauth::GrantType::refresh_token);
    Servers servers(settings);
    const Answer tokens = TokenClient(servers).sign_in();
    EXPECT_EQ(tokens.json("refresh_token"), "");
}

TEST(RefreshWithoutAWindow, AnyReplayEndsTheFamily) {
    oauth::Settings settings = test_settings();
    settings.refresh_replay_window = seconds{0};
    Servers servers(settings);
    TokenClient client(servers);
    const Answer first = client.sign_in();
    const Answer second = client.token(TokenClient::refresh_request(first.json("refresh_token")));
    ASSERT_EQ(second.status(), 200);
    EXPECT_EQ(client.token(TokenClient::refresh_request(first.json("refresh_token"))).error(),
              "invalid_grant");
    EXPECT_EQ(client.token(TokenClient::refresh_request(second.json("refresh_token"))).error(),
              "invalid_grant");
}

}  // namespace
}  // namespace sluice::oauth_test
