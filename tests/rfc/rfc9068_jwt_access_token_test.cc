// JWT access tokens (RFC 9068): what stands in them, who can verify them, and that they introspect
// and are revoked like opaque ones.
#include <gtest/gtest.h>

#include <string>

#include "oauth/signing_keys.h"
#include "tests/support/oauth_browser.h"
#include "token/jwt.h"

namespace sluice::oauth_test {
namespace {

using crypto::JwsAlgorithm;
using crypto::SigningKey;
using oauth::SigningKeyRecord;

oauth::Settings jwt_settings() {
    oauth::Settings settings = test_settings();
    settings.resources.front().token_format = oauth::AccessTokenFormat::jwt;
    settings.resources.push_back({resource("https://rs.example/opaque"), "Opaque"});
    return settings;
}

class JwtAccessToken : public testing::TestWithParam<JwsAlgorithm> {
protected:
    JwtAccessToken() { use({{key_, now()}}); }

    std::int64_t now() { return numeric_date(servers.clock.wall()); }
    void use(const std::vector<SigningKeyRecord>& records) {
        const auto keys = std::make_shared<const oauth::SigningKeys>(records);
        for (unsigned shard = 0; shard < servers.shard_count(); ++shard) {
            servers.server(shard).use_signing_keys(keys);
        }
    }
    Answer token(std::string_view more = "&resource=https%3A%2F%2Frs.example%2Fmcp") {
        Sent sent = form_post("/token",
                              "grant_type=client_credentials&scope=mcp%3Aread%20mcp%3A"
                              "write" +
                                  std::string(more));
        sent.field("Authorization", basic("conf", conf_secret));
        return servers.call("token", sent);
    }
    Answer introspect(std::string_view token, unsigned shard = 0) {
        Sent sent = form_post("/introspect", "token=" + std::string(token));
        sent.field("Authorization", basic("rs", rs_secret));
        return servers.call("introspect", sent, shard);
    }
    crypto::JwkSet published() {
        const Answer answer = servers.call("jwks", {http::Method::get, "/.well-known/jwks.json"});
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.field("Content-Type"), "application/jwk-set+json");
        EXPECT_EQ(answer.body().find("\"d\""), std::string::npos);
        return crypto::JwkSet::parse(answer.body()).value();
    }
    static crypto::Jws parse(std::string_view text) {
        return crypto::Jws::parse(text, crypto::JwsAlgorithms::all()).value();
    }

    Servers servers{jwt_settings(), 3};
    SigningKey key_ = SigningKey::generate(GetParam());
};

TEST_P(JwtAccessToken, HasTheClaimsOfSection2AndVerifiesWithThePublishedKeys) {
    const std::string text = token().json("access_token");
    const auto jws = crypto::Jws::parse(text, {GetParam()});
    ASSERT_TRUE(jws) << text;
    EXPECT_EQ(jws->header().find_string("typ"), "at+jwt");
    EXPECT_TRUE(published().verify(*jws));
    const auto payload = JsonDocument::parse(jws->payload());
    const JsonValue root = payload->root();
    EXPECT_EQ(root.find_string("iss"), issuer);
    EXPECT_EQ(root.find_string("aud"), mcp);
    EXPECT_EQ(root.find_string("sub"), "conf");
    EXPECT_EQ(root.find_string("client_id"), "conf");
    EXPECT_EQ(root.find_string("scope"), "mcp:read mcp:write");
    EXPECT_EQ(root.find("iat")->integer(), now());
    EXPECT_EQ(root.find("exp")->integer(), now() + 3600);
    EXPECT_EQ(root.find_string("jti")->size(), 51U);
    std::string names;
    root.find("mcp_tool_scopes")->append_to(names);
    EXPECT_EQ(names, R"(["mcp:read","mcp:write"])");
}

TEST_P(JwtAccessToken, IntrospectsAndIsRevokedLikeAnOpaqueOneOnEveryShard) {
    const std::string text = token().json("access_token");
    for (unsigned shard = 0; shard < 3; ++shard) {
        EXPECT_EQ(introspect(text, shard).json("active"), "true") << shard;
        EXPECT_EQ(introspect(text, shard).json("scope"), "mcp:read mcp:write");
    }
    Sent revoke = form_post("/revoke", "token=" + text);
    revoke.field("Authorization", basic("conf", conf_secret));
    EXPECT_EQ(servers.call("revoke", revoke, 1).status(), 200);
    for (unsigned shard = 0; shard < 3; ++shard) {
        EXPECT_EQ(introspect(text, shard).json("active"), "false") << shard;
    }
}

TEST_P(JwtAccessToken, ThatWasChangedOrSignedByAnotherIsInactive) {
    const std::string text = token().json("access_token");
    std::string changed = text;
    changed[text.find('.') + 5] = changed[text.find('.') + 5] == 'A' ? 'B' : 'A';
    EXPECT_EQ(introspect(changed).json("active"), "false");
    std::string forged;
    crypto::JwsSigner(SigningKey::generate(GetParam()), "at+jwt")
        .append(forged, parse(text).payload());
    EXPECT_EQ(introspect(forged).json("active"), "false");
    // What is signed with the same key for another purpose is no access token.
    std::string other;
    crypto::JwsSigner(key_, "JWT").append(other, parse(text).payload());
    EXPECT_EQ(introspect(other).json("active"), "false");
    EXPECT_EQ(introspect(text).json("active"), "true");
}

TEST_P(JwtAccessToken, TheIdentifierOfATokenIsNoToken) {
    const auto jws = parse(token().json("access_token"));
    const auto payload = JsonDocument::parse(jws.payload());
    const std::string jti(payload->root().find_string("jti").value());
    EXPECT_EQ(introspect(jti).json("active"), "false");
    EXPECT_EQ(introspect("sat_" + jti).json("active"), "false");
}

TEST_P(JwtAccessToken, ExpiresWithItsRecord) {
    const std::string text = token().json("access_token");
    servers.advance(std::chrono::seconds{3601});
    EXPECT_EQ(introspect(text).json("active"), "false");
}

TEST_P(JwtAccessToken, IsForItsResourceAlone) {
    EXPECT_EQ(
        token("&resource=https%3A%2F%2Frs.example%2Fopaque").json("access_token").substr(0, 4),
        "sat_");
    EXPECT_EQ(
        servers.call("metadata", {http::Method::get, "/.well-known/oauth-authorization-server"})
            .json("jwks_uri"),
        "https://as.example/.well-known/jwks.json");
}

TEST_P(JwtAccessToken, StaysGoodAfterItsKeyWasRotated) {
    const std::string before = token().json("access_token");
    const SigningKey next = SigningKey::generate(GetParam());
    use({{key_, now()}, {next, now() + 600}});
    EXPECT_EQ(parse(token().json("access_token")).key_id(), key_.key_id()) << "only published yet";
    EXPECT_EQ(published().keys().size(), 2U);
    servers.advance(std::chrono::seconds{600});
    const std::string after = token().json("access_token");
    EXPECT_EQ(parse(after).key_id(), next.key_id());
    EXPECT_EQ(introspect(before).json("active"), "true");
    EXPECT_EQ(introspect(after).json("active"), "true");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, JwtAccessToken,
                         testing::Values(JwsAlgorithm::es256, JwsAlgorithm::eddsa,
                                         JwsAlgorithm::rs256),
                         [](const auto& which) { return std::string(to_text(which.param)); });

TEST(SigningKeyRotation, MakesTheNextKeyAheadOfItsTime) {
    const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    const oauth::SigningSettings settings{.rotate_every = std::chrono::hours{24}};
    constexpr std::int64_t day = 86'400;
    EXPECT_TRUE(oauth::is_next_key_due({}, settings, 0));
    EXPECT_FALSE(oauth::is_next_key_due({{key, 0}}, settings, day - 601));
    EXPECT_TRUE(oauth::is_next_key_due({{key, 0}}, settings, day - 600));
    EXPECT_FALSE(oauth::is_next_key_due({{key, 0}, {key, day}}, settings, day - 1));
    const oauth::SigningSettings other{.algorithm = JwsAlgorithm::eddsa};
    EXPECT_TRUE(oauth::is_next_key_due({{key, 0}}, other, 1)) << "another algorithm is wanted";
}

TEST(SigningKeyRotation, KeepsAKeyAsLongAsItsTokensLive) {
    const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    const std::vector<SigningKeyRecord> records{{key, 0}, {key, 1000}};
    constexpr auto ttl = std::chrono::hours{1};
    EXPECT_FALSE(oauth::is_key_over(records, 0, ttl, 1000 + 3600));
    EXPECT_TRUE(oauth::is_key_over(records, 0, ttl, 1000 + 3600 + 601));
    EXPECT_FALSE(oauth::is_key_over(records, 1, ttl, 1'000'000)) << "it signs";
}

}  // namespace
}  // namespace sluice::oauth_test
