// JWT access tokens of another issuer: its keys, what is accepted, and what is remembered.
#include "resource/tokens/jwt_verifier.h"

#include <gtest/gtest.h>

#include "base/json_writer.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "crypto/signing_key.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using crypto::JwsAlgorithm;
using crypto::SigningKey;
using std::chrono::seconds;
using Known = std::expected<token::TokenInfo, TokenError>;

constexpr std::string_view issuer = "http://127.0.0.1:9000/tenant";

io::Task<Known> verify(Verifier& verifier, std::string token) {
    token::TokenInfo info;
    CO_REQUIRE(co_await verifier.verify(token, "192.0.2.1", nullptr, info));
    co_return Known(std::move(info));
}

/// What the tests' tokens say; a member that is empty or 0 is left out.
struct Claims {
    std::string iss = std::string(issuer);
    std::string aud = "https://box.example/mcp";
    std::string sub = "alice";
    std::int64_t exp = 0;  // from now on
    std::string more = R"("scope":"mcp:read mcp:write","client_id":"app","jti":"7")";
};

/// The fake upstream plays the issuer.
struct IssuerWorld {
    World world;
    SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    crypto::JwkSet published;
    std::string metadata_issuer = std::string(issuer);
    bool away = false;
    token::ResourceIdentifier resource =
        token::ResourceIdentifier::parse("https://box.example/mcp").value();
    JwtSettings settings{.issuer = std::string(issuer),
                         .audience = "",
                         .algorithms = {JwsAlgorithm::es256, JwsAlgorithm::rs256},
                         .scope_claims = {"scope", "scp"},
                         .subject_claim = "sub",
                         .jwks_uri = ""};

    IssuerWorld() {
        published.insert(key.public_key());
        world.upstream.answer = [this](http::Exchange& exchange) { return answer(exchange); };
    }

    io::Task<void> answer(http::Exchange& exchange) {
        http::Response& response = exchange.response();
        const std::string_view path = exchange.request().path();
        if (away) {
            response.set_status(http::Status::service_unavailable);
        } else if (path == "/tenant/.well-known/openid-configuration") {
            response.body() = fmt::format(
                R"({{"issuer":"{}","jwks_uri":"http://127.0.0.1:9000/keys"}})", metadata_issuer);
        } else if (path == "/keys") {
            response.body() = published.text();
        } else {
            response.set_status(http::Status::not_found);
        }
        co_return;
    }

    std::string token(io::Shard& shard, const Claims& claims = {}, const SigningKey* by = nullptr,
                      std::string_view type = "at+jwt") {
        const std::int64_t now = numeric_date(shard.wall_now());
        std::string payload =
            fmt::format(R"({{"iss":"{}","aud":"{}","iat":{})", claims.iss, claims.aud, now);
        if (!claims.sub.empty()) payload += fmt::format(R"(,"sub":"{}")", claims.sub);
        payload += fmt::format(R"(,"exp":{})", now + (claims.exp == 0 ? 600 : claims.exp));
        if (!claims.more.empty()) payload += "," + claims.more;
        payload += "}";
        std::string text;
        crypto::JwsSigner(by != nullptr ? *by : key, type).append(text, payload);
        return text;
    }

    using Scenario = std::function<io::Task<void>(io::Shard&, JwtVerifier&)>;
    void play(const Scenario& scenario) {
        world.play([&](io::Shard& shard) -> io::Task<void> {
            io::WorkerPool workers({}, 1);
            http::Client client(shard, workers);
            {
                JwtVerifier verifier(shard, client, settings, resource);
                co_await scenario(shard, verifier);
            }
            co_await client.close();
        });
    }
    std::size_t asked() const { return world.upstream.seen.size(); }
};

TEST(JwtVerifier, FindsTheKeysByTheIssuersMetadataAndRemembersTheToken) {
    IssuerWorld of;
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        const std::string token = of.token(shard);
        const Known known = co_await verify(verifier, token);
        EXPECT_TRUE(known.has_value());
        if (!known) co_return;
        EXPECT_EQ(known->subject, "alice");
        EXPECT_EQ(known->client_id, "app");
        EXPECT_EQ(known->scope.text(), "mcp:read mcp:write");
        EXPECT_EQ(known->issuer, issuer);
        EXPECT_EQ(known->token_id, "7");
        EXPECT_TRUE(known->is_for(of.resource));
        EXPECT_EQ(of.asked(), 2U);
        co_await io::Sleep(shard, seconds{500});
        EXPECT_TRUE((co_await verify(verifier, token)).has_value());
        EXPECT_EQ(of.asked(), 2U) << "a remembered token needs no keys";
        co_await io::Sleep(shard, seconds{161});
        EXPECT_EQ((co_await verify(verifier, token)).error().fault, TokenFault::inactive)
            << "expired, the leeway included";
    });
}

TEST(JwtVerifier, RefusesWhatIsNoTokenForThisResourceWithoutAskingForKeys) {
    IssuerWorld of;
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        const std::vector<std::string> refused = {
            "opaque",
            of.token(shard, {.iss = "https://other.example"}),
            of.token(shard, {.exp = -60}),
            of.token(shard, {.sub = ""}),
            of.token(shard, {.more = R"("nbf":9999999999)"}),
            of.token(shard, {.more = R"("at_hash":"x")"}),
            of.token(shard, {.more = R"("token_use":"id")"}),
            of.token(shard, {.more = R"("typ":"Refresh")"}),
            of.token(shard, {.more = R"("cnf":{"jkt":"x"})"}),
            of.token(shard, {}, nullptr, "logout+jwt"),
        };
        for (const std::string& token : refused) {
            EXPECT_EQ((co_await verify(verifier, token)).error().fault, TokenFault::inactive)
                << token;
        }
        const Known elsewhere =
            co_await verify(verifier, of.token(shard, {.aud = "https://box.example/other"}));
        EXPECT_EQ(elsewhere.error().fault, TokenFault::wrong_audience);
    });
    EXPECT_EQ(of.asked(), 0U);
}

TEST(JwtVerifier, RefusesAlgorithmsThatAreNotAllowedAndOtherKeys) {
    IssuerWorld of;
    of.settings.algorithms = {JwsAlgorithm::rs256};
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        EXPECT_EQ((co_await verify(verifier, of.token(shard))).error().fault, TokenFault::inactive);
        EXPECT_EQ(of.asked(), 0U);
        of.settings.algorithms = {JwsAlgorithm::es256};
        const SigningKey forger = SigningKey::generate(JwsAlgorithm::es256);
        EXPECT_EQ((co_await verify(verifier, of.token(shard, {}, &forger))).error().fault,
                  TokenFault::inactive);
        EXPECT_TRUE((co_await verify(verifier, of.token(shard))).has_value());
    });
}

TEST(JwtVerifier, AsksAgainForAnUnknownKidAtALimitedRate) {
    IssuerWorld of;
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        EXPECT_TRUE((co_await verify(verifier, of.token(shard))).has_value());
        const SigningKey rotated = SigningKey::generate(JwsAlgorithm::es256);
        of.published.insert(rotated.public_key());
        const std::string token = of.token(shard, {}, &rotated);
        EXPECT_EQ((co_await verify(verifier, token)).error().fault, TokenFault::inactive);
        EXPECT_EQ(of.asked(), 2U) << "it asked a moment ago";
        co_await io::Sleep(shard, seconds{6});
        EXPECT_TRUE((co_await verify(verifier, token)).has_value());
        EXPECT_EQ(of.asked(), 4U);
    });
}

TEST(JwtVerifier, IsUnavailableWhereNoKeysCanBeHad) {
    IssuerWorld of;
    of.away = true;
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        const std::string token = of.token(shard);
        const Known unknown = co_await verify(verifier, token);
        EXPECT_EQ(unknown.error().fault, TokenFault::unavailable);
        EXPECT_GT(unknown.error().retry_after, seconds{0});
        EXPECT_FALSE(unknown.error().detail.empty());
        const std::size_t asked = of.asked();
        EXPECT_EQ((co_await verify(verifier, token)).error().fault, TokenFault::unavailable);
        EXPECT_EQ(of.asked(), asked) << "it asked a moment ago";
        of.away = false;
        co_await io::Sleep(shard, seconds{6});
        EXPECT_TRUE((co_await verify(verifier, token)).has_value());
    });
}

TEST(JwtVerifier, KeepsTheLastGoodKeysWhileTheIssuerIsAway) {
    IssuerWorld of;
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        EXPECT_TRUE((co_await verify(verifier, of.token(shard))).has_value());
        of.away = true;
        co_await io::Sleep(shard, std::chrono::minutes{10});
        EXPECT_TRUE((co_await verify(verifier, of.token(shard))).has_value());
        const SigningKey rotated = SigningKey::generate(JwsAlgorithm::es256);
        EXPECT_EQ((co_await verify(verifier, of.token(shard, {}, &rotated))).error().fault,
                  TokenFault::unavailable)
            << "it may be signed by a new key";
    });
}

TEST(JwtVerifier, BelievesNoMetadataOfAnotherIssuer) {
    IssuerWorld of;
    of.metadata_issuer = "https://evil.example";
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        EXPECT_EQ((co_await verify(verifier, of.token(shard))).error().fault,
                  TokenFault::unavailable);
    });
    for (const FakeUpstream::Seen& seen : of.world.upstream.seen) EXPECT_NE(seen.target, "/keys");
}

TEST(JwtVerifier, AsksOnceForAllWhoWait) {
    IssuerWorld of;
    of.world.upstream.answer = [&of](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), seconds{1});
        co_await of.answer(exchange);
    };
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        int good = 0;
        io::TaskGroup group;
        for (int i = 0; i < 10; ++i) {
            Claims claims;
            claims.more = fmt::format(R"("jti":"{}")", i);
            group.spawn([](JwtVerifier& asked, std::string token, int& count) -> io::Task<void> {
                if (co_await verify(asked, std::move(token))) ++count;
            }(verifier, of.token(shard, claims), good));
        }
        co_await group.join();
        EXPECT_EQ(good, 10);
    });
    EXPECT_EQ(of.asked(), 2U);
}

TEST(JwtVerifier, ReadsScopesSubjectAndAudienceAsConfigured) {
    IssuerWorld of;
    of.settings.audience = "api://files";
    of.settings.scope_claims = {"scp", "roles"};
    of.settings.subject_claim = "oid";
    of.play([&](io::Shard& shard, JwtVerifier& verifier) -> io::Task<void> {
        const std::string more =
            R"("scp":"a b","roles":["c","not a scope"],"scope":"d","oid":"42","azp":"app")";
        const Known known =
            co_await verify(verifier, of.token(shard, {.aud = "api://files", .more = more}));
        EXPECT_TRUE(known.has_value());
        if (!known) co_return;
        EXPECT_EQ(known->scope.text(), "a b c");
        EXPECT_EQ(known->subject, "42");
        EXPECT_EQ(known->client_id, "app");
        EXPECT_TRUE(known->is_for(of.resource));
        EXPECT_EQ((co_await verify(verifier, of.token(shard, {.more = more}))).error().fault,
                  TokenFault::wrong_audience)
            << "the resource's URL is not what the issuer calls it";
    });
}

TEST(IssuerMetadata, IsLookedForWhereOpenIdConnectAndRfc8414HaveIt) {
    const auto places = [](std::string_view text) {
        std::vector<std::string> urls;
        for (const auto& url : metadata_urls(text)) urls.push_back(url.origin() + url.target());
        return urls;
    };
    EXPECT_EQ(
        places("https://a.example/t/"),
        (std::vector<std::string>{"https://a.example/t/.well-known/openid-configuration",
                                  "https://a.example/.well-known/oauth-authorization-server/t"}));
    EXPECT_EQ(places("https://a.example").front(),
              "https://a.example/.well-known/openid-configuration");
    EXPECT_TRUE(places("ftp://a.example").empty());
}

TEST(IssuerMetadata, MayNotLeadFromHttpsToHttp) {
    const auto keys = [](std::string_view text, std::string_view of) {
        return find_jwks_uri(text, of).has_value();
    };
    EXPECT_TRUE(keys(R"({"issuer":"https://a","jwks_uri":"https://b/k"})", "https://a"));
    EXPECT_FALSE(keys(R"({"issuer":"https://a","jwks_uri":"http://b/k"})", "https://a"));
    EXPECT_FALSE(keys(R"({"issuer":"https://a/","jwks_uri":"https://b/k"})", "https://a"));
    EXPECT_FALSE(keys(R"({"issuer":"https://a"})", "https://a"));
    EXPECT_FALSE(keys("<html>", "https://a"));
}

}  // namespace
}  // namespace sluice::resource
