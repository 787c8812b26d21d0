// Proofs of callers that are remembered, where clients change while one is under way.
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "oauth/shard_state.h"
#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

constexpr std::string_view another = "Basic of-another";

class CallerCache : public testing::Test {
protected:
    /// Sends `request`, and before the shard that counts guesses has answered: a client changes and
    /// another caller proves who it is. On the shard that counts, the answer comes at once, after
    /// which there is nothing left to get wrong.
    void expect_kept(std::string_view endpoint, const Sent& request) {
        for (unsigned shard = 0; shard < servers.shard_count(); ++shard) {
            const auto call = servers.begin(endpoint, request, shard);
            servers.on_shard(shard, [](oauth::ShardState& state) {
                state.clients.add(oauth::Client(**state.clients.find("pub2")));
                state.callers.remember(crypto::sha256(another),
                                       {nullptr, token::ResourceRights::all()},
                                       state.clients.revision());
            });
            EXPECT_EQ(call->answer().status(), 200);
            EXPECT_NE(servers.server(shard).find_resource_server(another), nullptr);
            const std::string rs = basic("rs", rs_secret);
            EXPECT_EQ(servers.server(shard).find_resource_server(rs), nullptr);
        }
    }

    Servers servers{test_settings(), 2};
};

TEST_F(CallerCache, AnIntrospectingCallerProvedBeforeAChangeDoesNotDisplaceThoseProvedSince) {
    Sent question = form_post("/introspect", encode({{"token", "x"}}));
    expect_kept("introspect", question.field("Authorization", basic("rs", rs_secret)));
}

TEST_F(CallerCache, AClientProvedBeforeAChangeDoesNotDisplaceThoseProvedSince) {
    expect_kept("token", TokenClient::request({{"grant_type", "client_credentials"}},
                                              basic("conf", conf_secret)));
}

TEST_F(CallerCache, AChangeOfAClientForgetsWhoHasProvedIt) {
    const std::string header = basic("rs", rs_secret);
    Sent question = form_post("/introspect", encode({{"token", "x"}}));
    question.field("Authorization", header);
    EXPECT_EQ(servers.call("introspect", question).status(), 200);
    EXPECT_NE(servers.server().find_resource_server(header), nullptr);
    servers.on_shard(0, [](oauth::ShardState& state) { state.clients.remove("rs"); });
    EXPECT_EQ(servers.server().find_resource_server(header), nullptr);
    EXPECT_EQ(servers.call("introspect", question).status(), 401);
}

}  // namespace
}  // namespace sluice::oauth_test
