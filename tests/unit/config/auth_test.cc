// The rules of [auth], [auth.scopes] and [[auth.api_key]].
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using namespace std::chrono_literals;

TEST(ConfigAuth, HasTheDocumentedDefaults) {
    const Config config = config_of(valid_toml);
    const oauth::Settings& auth = *config.auth();
    EXPECT_EQ(auth.issuer, "https://box.example");
    EXPECT_EQ(auth.default_scope.text(), "read");
    EXPECT_EQ(auth.access_token_ttl, 1h);
    EXPECT_EQ(auth.refresh_token_ttl, 720h);
    EXPECT_EQ(auth.refresh_replay_window, 120s);
    EXPECT_EQ(auth.code_ttl, 60s);
    EXPECT_EQ(auth.registration, oauth::Registration::open);
    EXPECT_FALSE(auth.remember_consent);
    EXPECT_EQ(auth.rate_limit.requests, 600U);
    EXPECT_EQ(auth.rate_limit.window, 60s);
    EXPECT_TRUE(auth.device.enabled);
    EXPECT_EQ(auth.device.code_ttl, 10min);
    EXPECT_EQ(auth.device.interval, 5s);
}

TEST(ConfigAuth, MayBeLeftOut) {
    const Config config = config_of(R"([[resource]]
path = "/mcp"
upstream = "http://127.0.0.1:9000/mcp"
verify = "introspection"
introspection = { endpoint = "http://127.0.0.1:7/introspect", client_id = "rs", client_secret = "s" }
)");
    EXPECT_FALSE(config.auth());
}

TEST(ConfigAuth, IssuerHasNoTrailingSlash) {
    expect_problem(with("[auth]", "issuer = \"https://a.example/\""), "4: auth.issuer", "slash");
}

TEST(ConfigAuth, IssuerIsWrittenAsClientsCompareIt) {
    EXPECT_EQ(config_of(with("[auth]", "issuer = \"https://a.example\"")).auth()->issuer,
              "https://a.example");
    for (const char* issuer : {"https://A.example", "https://a.example:443", "HTTPS://a.example"}) {
        expect_problem(with("[auth]", "issuer = \"" + std::string(issuer) + "\""), "4: auth.issuer",
                       "\"https://a.example\"");
    }
}

TEST(ConfigAuth, IssuerIsHttpsUnlessLoopback) {
    EXPECT_EQ(problems_of(with("[auth]", "issuer = \"http://127.0.0.1:8080\"")), "");
    expect_problem(with("[auth]", "issuer = \"http://a.example\""), "4: auth.issuer", "https");
}

TEST(ConfigAuth, NamesResourcesOfOtherProcesses) {
    const Config config =
        config_of(with("[auth]", "resources = [\"https://Gateway.example/mcp/\"]"));
    ASSERT_EQ(config.auth()->resources.size(), 2U);
    EXPECT_EQ(config.auth()->resources[0].identifier.text(), "https://box.example/mcp");
    EXPECT_EQ(config.auth()->resources[1].identifier.text(), "https://gateway.example/mcp");
    EXPECT_EQ(config.auth()->resources[1].name, "gateway.example");
    expect_problem(with("[auth]", "resources = [\"gateway\"]"), "4: auth.resources[0]", "URL");
}

TEST(ConfigAuth, DefaultScopeIsNeededAndKnown) {
    expect_problem(replaced("default_scope = \"read\"\n", ""), "3: auth.default_scope",
                   "is missing");
    expect_problem(replaced("default_scope = \"read\"", "default_scope = \"read all\""),
                   "4: auth.default_scope", "\"all\" is not in [auth.scopes]");
    expect_problem(replaced("default_scope = \"read\"", "default_scope = \" \""),
                   "4: auth.default_scope", "names no scope");
}

TEST(ConfigAuth, ScopesAreScopeTokensWithWords) {
    expect_problem(with("[auth.scopes]", "\"a b\" = \"x\""), "6: auth.scopes.\"a b\"",
                   "is not a valid scope");
    expect_problem(with("[auth.scopes]", "more = \"\""), "6: auth.scopes.more", "consent page");
    expect_problem(with("[auth.scopes]", "more = \"a\\u001bb\""), "6: auth.scopes.more", "control");
}

struct Bound {
    const char* key;
    const char* inside;
    const char* outside;
};

TEST(ConfigAuth, LifetimesHaveBounds) {
    for (const auto& [key, inside, outside] :
         std::initializer_list<Bound>{{"access_token_ttl", "30d", "31d"},
                                      {"access_token_ttl", "1s", "0s"},
                                      {"refresh_token_ttl", "1s", "0s"},
                                      {"refresh_replay_window", "0s", "61m"},
                                      {"refresh_replay_window", "60m", "2h"},
                                      {"code_ttl", "600s", "601s"},
                                      {"session_ttl", "90d", "91d"},
                                      {"device.code_ttl", "1s", "61m"},
                                      {"device.interval", "60s", "500ms"}}) {
        const auto line = [&](const char* value) {
            return std::string(key) + " = \"" + value + '"';
        };
        EXPECT_EQ(problems_of(with("[auth]", line(inside))), "") << key;
        expect_problem(with("[auth]", line(outside)), "4: auth." + std::string(key),
                       "is not between");
    }
}

TEST(ConfigAuth, RateLimitHasBounds) {
    EXPECT_EQ(problems_of(with("[auth]", "rate_limit = { requests = 1, window = \"1s\" }")), "");
    expect_problem(with("[auth]", "rate_limit = { requests = 0 }"), "4: auth.rate_limit.requests",
                   "between");
    expect_problem(with("[auth]", "rate_limit = { window = \"0s\" }"), "4: auth.rate_limit.window",
                   "between");
}

TEST(ConfigAuth, RegistrationByTokenNeedsTheToken) {
    expect_problem(with("[auth]", "registration = \"token\""), "3: auth.registration_token",
                   "is missing");
    expect_problem(with("[auth]", "registration_token = \"0123456789abcdef\""),
                   "4: auth.registration_token", "no effect");
    FakeEnvironment environment;
    environment.variables["TOKEN"] = "0123456789abcdef";
    const Config config =
        config_of(with("[auth]", "registration = \"token\"\nregistration_token_env = \"TOKEN\""),
                  environment);
    EXPECT_EQ(config.auth()->registration, oauth::Registration::token);
    EXPECT_EQ(config.auth()->registration_token.reveal(), "0123456789abcdef");
}

TEST(ConfigClientDocuments, AreOnAndNeedNoAuthorityUnlessTheyAreAskedFor) {
    const Config config = config_of(valid_toml);
    EXPECT_TRUE(config.auth()->client_documents.enabled);
    EXPECT_EQ(config.auth()->client_documents.allow, std::vector<std::string>{"*"});
    EXPECT_FALSE(config.auth()->client_documents.trust) << "no such file here";
    expect_problem(with("[auth]", "client_documents = { enabled = true }"),
                   "4: auth.client_documents.enabled", "ca-certificates");
    EXPECT_EQ(problems_of(with("[auth]", "client_documents = { enabled = false }")), "");
}

TEST(ConfigClientDocuments, HostsAreNamesOrPatterns) {
    EXPECT_EQ(problems_of(with("[auth]",
                               "client_documents = { allow = [\"a.example\", \"*.b.example\", "
                               "\"*\"], deny = [\"c.example\"], private_hosts = [\"box\"] }")),
              "");
    for (const char* host : {"https://a.example", "A.example", "a.*", "", "*.", "a.example/x"}) {
        expect_problem(
            with("[auth]", "client_documents = { allow = [\"" + std::string(host) + "\"] }"),
            "4: auth.client_documents.allow[0]", "is no host");
    }
    expect_problem(with("[auth]", "client_documents = { cache_max = \"25h\" }"),
                   "4: auth.client_documents.cache_max", "is not between");
}

TEST(ConfigAuth, RegistrationGrantsAreNames) {
    EXPECT_FALSE(config_of(with("[auth]", "")).auth()->registration_grants);
    const Config config =
        config_of(with("[auth]", "registration_grants = [\"client_credentials\"]"));
    ASSERT_TRUE(config.auth()->registration_grants);
    EXPECT_TRUE(config.auth()->registration_grants->has(oauth::GrantType::client_credentials));
    EXPECT_FALSE(config.auth()->registration_grants->has(oauth::GrantType::refresh_token));
    expect_problem(with("[auth]", "registration_grants = [\"password\"]"),
                   "4: auth.registration_grants[0]", "is not one of");
    expect_problem(
        with("[auth]", "registration = \"closed\"\nregistration_grants = [\"refresh_token\"]"),
        "5: auth.registration_grants[0]", "no effect");
}

TEST(ConfigApiKey, HasANameAndAKey) {
    const Config config = config_of(
        followed_by("[[auth.api_key]]\nname = \"gateway\"\nkey = \"0123456789abcdef\"\n"));
    ASSERT_EQ(config.auth()->api_keys.size(), 1U);
    EXPECT_EQ(config.auth()->api_keys[0].name, "gateway");
    EXPECT_EQ(config.auth()->api_keys[0].key.reveal(), "0123456789abcdef");
    expect_problem(followed_by("[[auth.api_key]]\nkey = \"0123456789abcdef\"\n"),
                   "11: auth.api_key[0].name", "is missing");
    expect_problem(followed_by("[[auth.api_key]]\nname = \"g\"\n"), "11: auth.api_key[0].key",
                   "is missing");
}

TEST(ConfigApiKey, NameIsGivenOnce) {
    expect_problem(followed_by("[[auth.api_key]]\nname = \"g\"\nkey = \"0123456789abcdef\"\n"
                               "[[auth.api_key]]\nname = \"g\"\nkey = \"fedcba9876543210\"\n"),
                   "15: auth.api_key[1].name", "is already the API key of line 12");
}

TEST(ConfigApiKey, IsLongEnoughNotToBeGuessed) {
    expect_problem(followed_by("[[auth.api_key]]\nname = \"g\"\nkey = \"0123456789abcde\"\n"),
                   "13: auth.api_key[0].key", "openssl rand -hex 32");
}

}  // namespace
}  // namespace sluice::config::testing
