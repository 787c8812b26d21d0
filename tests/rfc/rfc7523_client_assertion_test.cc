// private_key_jwt (RFC 7523 §2.2, §3) at the token, revocation and introspection endpoints.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "crypto/signing_key.h"
#include "http/form.h"
#include "oauth/clients/client_assertion.h"
#include "tests/replay/assertion_vectors.h"
#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

using crypto::JwsAlgorithm;
using crypto::SigningKey;

const SigningKey& worker_key() {
    static const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    return key;
}

const SigningKey& other_key() {
    static const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    return key;
}

oauth::ClientSetting worker(std::string_view client_id, const SigningKey& key) {
    crypto::JwkSet set;
    set.insert(key.public_key());
    oauth::ClientSetting client;
    client.client_id = client_id;
    client.client_name = client_id;
    client.auth_method = oauth::ClientAuthMethod::private_key_jwt;
    client.keys.jwks = std::make_shared<const crypto::JwkSet>(std::move(set));
    client.grant_types = {oauth::GrantType::client_credentials};
    client.scope = scopes("mcp:read");
    return client;
}

oauth::Settings settings_with_workers() {
    oauth::Settings settings = test_settings_without_users();
    settings.clients.push_back(worker("worker", worker_key()));
    settings.clients.push_back(worker("other", other_key()));
    settings.registration = oauth::Registration::token;
    settings.registration_token = Secret("registration-0123456789abcdef");
    return settings;
}

class ClientAssertionTest : public testing::Test {
protected:
    /// An assertion of `client_id` that is right but for what `claims` replaces.
    std::string assertion(std::string_view client_id = "worker", std::string_view jti = "1",
                          std::string_view audience = "https://as.example/token",
                          const SigningKey& key = worker_key()) {
        const std::int64_t now = numeric_date(servers.clock.wall());
        std::string payload;
        JsonWriter(payload)
            .begin_object()
            .member("iss", client_id)
            .member("sub", client_id)
            .member("aud", audience)
            .member("jti", jti)
            .member("iat", now)
            .member("exp", now + 60)
            .end_object();
        std::string text;
        crypto::JwsSigner(key, "JWT").append(text, payload);
        return text;
    }
    static std::string with_assertion(std::string body, std::string_view assertion) {
        http::append_form_parameter(body, "client_assertion_type", oauth::client_assertion_type);
        http::append_form_parameter(body, "client_assertion", assertion);
        return body;
    }
    Answer token(std::string_view assertion, unsigned shard = 0, std::string_view more = {}) {
        return servers.call(
            "token",
            form_post("/token", with_assertion("grant_type=client_credentials" + std::string(more),
                                               assertion)),
            shard);
    }

    Servers servers{settings_with_workers(), 3};
};

TEST(RecordedAssertions, AllReplay) {
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/vectors/client_assertions.json", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const auto report = replay::replay_assertions(text.str());
    for (const auto& failure : report.failures) {
        ADD_FAILURE() << failure.rule << " expected " << failure.expected;
    }
    EXPECT_GE(report.passed, 90U);
}

TEST_F(ClientAssertionTest, GivesAToken) {
    const Answer answer = token(assertion());
    EXPECT_EQ(answer.status(), 200) << answer.body();
    EXPECT_FALSE(answer.json("access_token").empty());
}

TEST_F(ClientAssertionTest, MayNameTheIssuerAsItsAudienceWithOrWithoutASlash) {
    EXPECT_EQ(token(assertion("worker", "a", "https://as.example")).status(), 200);
    EXPECT_EQ(token(assertion("worker", "b", "https://as.example/")).status(), 200);
    EXPECT_EQ(token(assertion("worker", "c", "https://as.example/token/")).status(), 401);
    EXPECT_EQ(token(assertion("worker", "d", "https://other.example")).status(), 401);
}

TEST_F(ClientAssertionTest, IsUsedOnceOnWhicheverShard) {
    const std::string once = assertion();
    ASSERT_EQ(token(once, 0).status(), 200);
    for (unsigned shard = 0; shard < 3; ++shard) {
        const Answer again = token(once, shard);
        EXPECT_EQ(again.status(), 401) << shard;
        EXPECT_EQ(again.error(), "invalid_client");
    }
    EXPECT_GE(servers.observer.count(oauth::EventKind::assertion_refused), 3U);
    EXPECT_EQ(token(assertion("worker", "2"), 1).status(), 200);
}

TEST_F(ClientAssertionTest, OfTwoClientsMayHaveTheSameId) {
    EXPECT_EQ(token(assertion("worker", "same")).status(), 200);
    EXPECT_EQ(token(assertion("other", "same", "https://as.example/token", other_key())).status(),
              200);
}

TEST_F(ClientAssertionTest, SignedByAnotherKeyIsRefusedAndUsesNothingUp) {
    EXPECT_EQ(token(assertion("worker", "1", "https://as.example/token", other_key())).status(),
              401);
    EXPECT_EQ(token(assertion("worker", "1")).status(), 200);
}

TEST_F(ClientAssertionTest, OfAClientThatHasASecretIsRefused) {
    EXPECT_EQ(token(assertion("conf")).status(), 401);
    EXPECT_EQ(token(assertion("nobody")).status(), 401);
}

TEST_F(ClientAssertionTest, NeedsNoClientIdAndTakesNoOther) {
    EXPECT_EQ(token(assertion("worker", "1"), 0, "&client_id=worker").status(), 200);
    EXPECT_EQ(token(assertion("worker", "2"), 0, "&client_id=other").status(), 401);
}

TEST_F(ClientAssertionTest, BesideAnotherMethodIsAnInvalidRequest) {
    const Answer beside = token(assertion(), 0, "&client_secret=x");
    EXPECT_EQ(beside.status(), 400);
    EXPECT_EQ(beside.error(), "invalid_request");
    Sent sent = form_post("/token", with_assertion("grant_type=client_credentials", assertion()));
    sent.field("Authorization", basic("conf", conf_secret));
    EXPECT_EQ(servers.call("token", sent).status(), 400);
}

TEST_F(ClientAssertionTest, AClientWithAKeyHasNoSecretToShow) {
    EXPECT_EQ(servers
                  .call("token", form_post("/token",
                                           "grant_type=client_credentials&client_id="
                                           "worker&client_secret=x"))
                  .status(),
              401);
    EXPECT_EQ(
        servers.call("token", form_post("/token", "grant_type=client_credentials&client_id=worker"))
            .status(),
        401);
}

TEST_F(ClientAssertionTest, IntrospectsAndRevokes) {
    const std::string access = token(assertion("worker", "1")).json("access_token");
    const auto ask = [&](std::string_view jti) {
        return servers.call(
            "introspect",
            form_post("/introspect", with_assertion("token=" + access, assertion("worker", jti))));
    };
    EXPECT_EQ(ask("2").json("active"), "true");
    EXPECT_EQ(ask("2").status(), 401) << "used before";
    EXPECT_EQ(ask("1").status(), 401) << "used at another endpoint";
    EXPECT_EQ(servers
                  .call("revoke", form_post("/revoke", with_assertion("token=" + access,
                                                                      assertion("worker", "3"))))
                  .status(),
              200);
    EXPECT_EQ(ask("4").json("active"), "false");
}

TEST_F(ClientAssertionTest, IsTakenFromAClientThatRegisteredItsKey) {
    const SigningKey key = SigningKey::generate(JwsAlgorithm::rs256);
    crypto::JwkSet set;
    set.insert(key.public_key());
    const auto post = [&](std::string_view members) {
        Sent sent =
            json_post("/register", R"({"token_endpoint_auth_method":"private_key_jwt",)"
                                   R"("grant_types":["client_credentials"],"scope":"mcp:read")" +
                                       std::string(members) + "}");
        sent.field("Authorization", "Bearer registration-0123456789abcdef");
        return servers.call("register", sent);
    };
    const Answer registered = post(R"(,"jwks":)" + set.text());
    ASSERT_EQ(registered.status(), 201) << registered.body();
    EXPECT_FALSE(registered.has_field("client_secret"));
    EXPECT_TRUE(registered.json("client_secret").empty());
    EXPECT_EQ(registered.json("jwks"), set.text());
    const std::string client_id = registered.json("client_id");
    EXPECT_EQ(token(assertion(client_id, "1", "https://as.example/token", key), 2).status(), 200);

    for (const std::string& members :
         {std::string(), std::string(R"(,"jwks_uri":"http://keys.example/jwks")"),
          std::string(R"(,"jwks":{"keys":[]})"),
          R"(,"jwks_uri":"https://keys.example/jwks","jwks":)" + set.text(),
          std::string(R"(,"jwks":{"keys":[{"kty":"oct","k":"AAAA"}]})"),
          std::string(R"(,"jwks_uri":"https://user@keys.example/jwks")")}) {
        const Answer refused = post(members);
        EXPECT_EQ(refused.status(), 400) << members;
        EXPECT_EQ(refused.error(), "invalid_client_metadata") << members;
    }
}

TEST_F(ClientAssertionTest, AlgorithmsStandInMetadata) {
    const Answer metadata =
        servers.call("metadata", {http::Method::get, "/.well-known/oauth-authorization-server"});
    for (const std::string_view endpoint : {"token", "revocation", "introspection"}) {
        const std::string name(endpoint);
        EXPECT_NE(metadata.json(name + "_endpoint_auth_methods_supported").find("private_key_jwt"),
                  std::string::npos);
        EXPECT_EQ(metadata.json(name + "_endpoint_auth_signing_alg_values_supported"),
                  R"(["ES256","ES384","ES512","PS256","PS384","PS512","RS256","RS384","RS512"])");
    }
}

}  // namespace
}  // namespace sluice::oauth_test
