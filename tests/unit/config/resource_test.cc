// The rules of [[resource]] and [[resource.tool]].
#include "tests/support/certificates.h"
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view introspection =
    "verify = \"introspection\"\nintrospection = { endpoint = \"http://127.0.0.1:7/introspect\", "
    "client_id = \"rs\", client_secret = \"s\" }";

TEST(ConfigResource, MayAskForDecisionsInsteadOfBeingProxied) {
    const auto elsewhere = [](std::string_view lines) {
        return followed_by("[[resource]]\npath = \"/tools\"\n" + std::string(lines));
    };
    const Config config = config_of(elsewhere("identifier = \"https://Tools.example/mcp/\"\n"));
    const resource::ResourceSettings& resource = config.gateway().resources.back();
    EXPECT_EQ(resource.identifier.text(), "https://tools.example/mcp");
    EXPECT_EQ(resource.path, "/tools");
    EXPECT_TRUE(resource.upstream.empty());
    expect_problem(elsewhere("identifier = \"tools\"\n"), "13: resource[1].identifier",
                   "not a valid resource identifier");
    expect_problem(
        elsewhere("identifier = \"https://t.example\"\nupstream = \"http://127.0.0.1:1\"\n"),
        "13: resource[1].identifier", "cannot be combined with upstream");
    expect_problem(elsewhere(""), "11: resource[1].upstream", "is missing");
}

TEST(ConfigResource, HasAServerIdOfItsOwn) {
    const auto named = [](std::string_view id) {
        return followed_by(
            "[[resource]]\npath = \"/tools\"\nidentifier = \"https://t.example\"\n"
            "server_id = \"" +
            std::string(id) + "\"\n");
    };
    EXPECT_EQ(config_of(named("srv_0-Z")).gateway().resources.back().server_id, "srv_0-Z");
    for (const char* id : {"", "a/b", "a b", "../x"}) {
        expect_problem(named(id), "14: resource[1].server_id", "letters, digits, _ and -");
    }
}

TEST(ConfigResource, HasTheDocumentedDefaults) {
    const Config config = config_of(valid_toml);
    ASSERT_EQ(config.gateway().resources.size(), 1U);
    const resource::ResourceSettings& resource = config.gateway().resources[0];
    EXPECT_EQ(resource.identifier.text(), "https://box.example/mcp");
    EXPECT_EQ(resource.name, "/mcp");
    EXPECT_FALSE(resource.introspection);
    EXPECT_FALSE(resource.friction);
    EXPECT_TRUE(resource.required_scopes.empty());
    EXPECT_EQ(resource.timeout, 60s);
    EXPECT_EQ(resource.connect_timeout, 5s);
}

TEST(ConfigResource, PathIsPlainAndAbsolute) {
    EXPECT_EQ(config_of(replaced("\"/mcp\"", "\"/a/b-c.d\"")).gateway().resources[0].path,
              "/a/b-c.d");
    for (const char* path : {"mcp", "/mcp?x", "/mcp#f", "/m%63p", "/mcp/", "/a/../b", "/a//b",
                             "/./a", "/a b", "/a\\\\b", "/\xc3\xa9"}) {
        expect_problem(replaced("\"/mcp\"", '"' + std::string(path) + '"'), "9: resource[0].path",
                       "");
    }
    expect_problem(replaced("path = \"/mcp\"\n", ""), "8: resource[0].path", "is missing");
}

TEST(ConfigResource, PathDoesNotHideAnEndpoint) {
    for (const char* path :
         {"/.well-known", "/.well-known/x", "/token", "/authorize/x", "/healthz", "/metrics"}) {
        expect_problem(replaced("\"/mcp\"", '"' + std::string(path) + '"'), "9: resource[0].path",
                       "answers itself");
    }
    EXPECT_EQ(problems_of(replaced("\"/mcp\"", "\"/tokens\"")), "");
}

TEST(ConfigResource, PathIsGivenOnce) {
    expect_problem(
        followed_by("[[resource]]\npath = \"/mcp\"\nupstream = \"http://127.0.0.1:1\"\n"),
        "12: resource[1].path", "is already the path of line 9");
}

TEST(ConfigResource, UpstreamIsAUrl) {
    expect_problem(replaced("upstream = \"http://127.0.0.1:9000/mcp\"\n", ""),
                   "8: resource[0].upstream", "is missing");
    expect_problem(replaced("http://127.0.0.1:9000/mcp", "127.0.0.1:9000"),
                   "10: resource[0].upstream", "absolute http or https");
    expect_problem(replaced("http://127.0.0.1:9000/mcp", "http://127.0.0.1:9000/[mcp]"),
                   "10: resource[0].upstream", "absolute http or https");
    EXPECT_EQ(problems_of(replaced("http://127.0.0.1:9000/mcp", "http://10.1.2.3/mcp")), "");
}

TEST(ConfigResource, ScopesOfALocalResourceExist) {
    EXPECT_EQ(config_of(followed_by("required_scopes = [\"write\", \"read\"]\n"))
                  .gateway()
                  .resources[0]
                  .scopes_supported.text(),
              "write read");
    expect_problem(followed_by("required_scopes = [\"read\", \"reed\"]\n"),
                   "11: resource[0].required_scopes[1]", "\"reed\" is not in [auth.scopes]");
    expect_problem(followed_by("scopes_supported = [\"reed\"]\n"),
                   "11: resource[0].scopes_supported[0]", "[auth.scopes]");
}

TEST(ConfigResource, ScopesOfARemoteAuthorizationServerAreItsOwn) {
    EXPECT_EQ(
        problems_of(followed_by(std::string(introspection) + "\nrequired_scopes = [\"other\"]\n")),
        "");
    expect_problem(followed_by(std::string(introspection) + "\nrequired_scopes = [\"a b\"]\n"),
                   "13: resource[0].required_scopes[0]", "is not a valid scope");
}

TEST(ConfigResource, LocalVerificationNeedsAnAuthorizationServerHere) {
    expect_problem("[[resource]]\npath = \"/mcp\"\nupstream = \"http://127.0.0.1:9000/mcp\"\n",
                   "1: resource[0].verify", "no [auth] here");
}

TEST(ConfigResource, VerifyIsOneOfThree) {
    expect_problem(followed_by("verify = \"signature\"\n"), "11: resource[0].verify",
                   "local, introspection, jwt");
}

TEST(ConfigResource, JwtNeedsItsIssuer) {
    const auto jwt = [](std::string_view keys) {
        return followed_by("verify = \"jwt\"\n[resource.jwt]\n" + std::string(keys));
    };
    const Config config = config_of(jwt("issuer = \"http://127.0.0.1:9/realm\"\n"));
    const resource::ResourceSettings& resource = config.gateway().resources.front();
    EXPECT_EQ(resource.issuer, "http://127.0.0.1:9/realm");
    EXPECT_EQ(resource.jwt->leeway, 60s);
    EXPECT_EQ(resource.jwt->algorithms,
              (crypto::JwsAlgorithms{crypto::JwsAlgorithm::rs256, crypto::JwsAlgorithm::es256}));
    expect_problem(followed_by("verify = \"jwt\"\n"), "8: resource[0].jwt", "is missing");
    expect_problem(jwt("audience = \"x\"\n"), "12: resource[0].jwt.issuer", "is missing");
    expect_problem(jwt("issuer = \"http://a.example\"\n"), "13: resource[0].jwt.issuer", "https");
    expect_problem(jwt("issuer = \"http://127.0.0.1\"\nalgorithms = [\"HS256\"]\n"),
                   "14: resource[0].jwt.algorithms[0]", "not one of ES256");
    expect_problem(jwt("issuer = \"http://127.0.0.1\"\nalgorithms = []\n"),
                   "12: resource[0].jwt.algorithms", "names no algorithm");
    expect_problem(followed_by("jwt = { issuer = \"http://127.0.0.1\" }\n"), "11: resource[0].jwt",
                   "no effect");
}

TEST(ConfigResource, TokensAreOpaqueUnlessJwtsAreWanted) {
    EXPECT_EQ(config_of(followed_by("")).auth()->resources.front().token_format,
              oauth::AccessTokenFormat::opaque);
    const Config config = config_of(followed_by("token_format = \"jwt\"\n"));
    EXPECT_EQ(config.auth()->resources.front().token_format, oauth::AccessTokenFormat::jwt);
    EXPECT_EQ(config.auth()->signing.algorithm, crypto::JwsAlgorithm::es256);
    expect_problem(followed_by("token_format = \"saml\"\n"), "11: resource[0].token_format",
                   "opaque, jwt");
    expect_problem(followed_by(std::string(introspection) + "\ntoken_format = \"jwt\"\n"),
                   "13: resource[0].token_format", "no tokens are issued here");
}

TEST(ConfigResource, SigningKeysHaveAnAlgorithmAndAPeriod) {
    const auto keys = [](std::string_view lines) {
        return followed_by("[auth.keys]\n" + std::string(lines));
    };
    const Config config = config_of(keys("algorithm = \"EdDSA\"\nrotate_every = \"7d\"\n"));
    EXPECT_EQ(config.auth()->signing.algorithm, crypto::JwsAlgorithm::eddsa);
    EXPECT_EQ(config.auth()->signing.rotate_every, std::chrono::days(7));
    expect_problem(keys("algorithm = \"HS256\"\n"), "12: auth.keys.algorithm", "not one of");
    expect_problem(keys("rotate_every = \"1h\"\n"), "12: auth.keys.rotate_every", "is not between");
}

TEST(ConfigResource, IntrospectionNeedsItsTable) {
    EXPECT_EQ(problems_of(followed_by(introspection)), "");
    expect_problem(followed_by("verify = \"introspection\"\n"), "8: resource[0].introspection",
                   "is missing");
    expect_problem(
        followed_by("introspection = { endpoint = \"http://127.0.0.1:7/i\", client_id = \"rs\", "
                    "client_secret = \"s\" }\n"),
        "11: resource[0].introspection", "no effect");
}

TEST(ConfigResource, IntrospectionNeedsEndpointIdAndSecret) {
    const auto table = [](std::string_view keys) {
        return followed_by("verify = \"introspection\"\n[resource.introspection]\n" +
                           std::string(keys));
    };
    expect_problem(table("client_id = \"rs\"\nclient_secret = \"s\"\n"),
                   "12: resource[0].introspection.endpoint", "is missing");
    expect_problem(table("endpoint = \"http://127.0.0.1:7/i\"\nclient_secret = \"s\"\n"),
                   "12: resource[0].introspection.client_id", "is missing");
    expect_problem(table("endpoint = \"http://127.0.0.1:7/i\"\nclient_id = \"rs\"\n"),
                   "12: resource[0].introspection.client_secret", "is missing");
}

TEST(ConfigResource, IntrospectionSendsItsSecretToNeighboursOnly) {
    const auto to = [](std::string_view origin) {
        return followed_by(replaced("http://127.0.0.1:7", origin, introspection));
    };
    expect_problem(to("http://a.example"), "12: resource[0].introspection.endpoint",
                   "open network");
    EXPECT_EQ(problems_of(to("http://mcp-auth:8080")), "");
    EXPECT_EQ(problems_of(replaced("[server]\n", "[server]\ninsecure_http = true\n",
                                   to("http://a.example"))),
              "");
}

/// Certificates of the system, and of a private authority.
FakeEnvironment with_authorities() {
    FakeEnvironment environment;
    const std::string pem = simulation::make_certificate({.authority = true}).certificate;
    environment.files[crypto::TlsTrust::system_path()] = pem;
    environment.files["private.pem"] = pem;
    environment.files["broken.pem"] = "no certificate";
    return environment;
}

const std::string https_resource = replaced("http://127.0.0.1:9000", "HTTPS://10.1.2.3");
const std::string https_introspection =
    followed_by(replaced("http://127.0.0.1:7", "https://10.1.2.3", introspection));

TEST(ConfigResource, HttpsServersAreVerifiedByTheSystemsAuthorities) {
    const FakeEnvironment environment = with_authorities();
    EXPECT_TRUE(config_of(https_resource, environment).gateway().resources[0].upstream_trust);
    EXPECT_TRUE(
        config_of(https_introspection, environment).gateway().resources[0].introspection->trust);
    EXPECT_FALSE(config_of(valid_toml, environment).gateway().resources[0].upstream_trust);
    expect_problem(https_resource, "10: resource[0].upstream", "ca-certificates");
    expect_problem(https_introspection, "12: resource[0].introspection.endpoint", "SSL_CERT_FILE");
}

TEST(ConfigResource, HttpsServersAreVerifiedByAPrivateAuthorityAlone) {
    FakeEnvironment environment = with_authorities();
    environment.files.erase(crypto::TlsTrust::system_path());
    const std::string resource = https_resource + "upstream_ca = \"private.pem\"\n";
    EXPECT_TRUE(config_of(resource, environment).gateway().resources[0].upstream_trust);
    const std::string asked = replaced(" }", ", ca = \"private.pem\" }", https_introspection);
    EXPECT_TRUE(config_of(asked, environment).gateway().resources[0].introspection->trust);
}

TEST(ConfigResource, AFileOfAuthoritiesIsReadAtTheStart) {
    const FakeEnvironment environment = with_authorities();
    expect_problem(https_resource + "upstream_ca = \"none.pem\"\n", "11: resource[0].upstream_ca",
                   "none.pem cannot be read", environment);
    expect_problem(https_resource + "upstream_ca = \"broken.pem\"\n", "11: resource[0].upstream_ca",
                   "There is no certificate in it", environment);
    expect_problem(followed_by("upstream_ca = \"private.pem\"\n"), "11: resource[0].upstream_ca",
                   "has no effect", environment);
}

TEST(ConfigResource, IntrospectionTellsClientsTheIssuer) {
    const auto issuer_of = [](std::string_view more) {
        return config_of(followed_by(replaced(" }", std::string(more) + " }", introspection)))
            .gateway()
            .resources[0]
            .issuer;
    };
    EXPECT_EQ(issuer_of(""), "http://127.0.0.1:7");
    EXPECT_EQ(issuer_of(", issuer = \"https://login.example/t\""), "https://login.example/t");
}

TEST(ConfigResource, IntrospectionHasBounds) {
    const auto problem = [](std::string_view more) {
        return problems_of(followed_by(replaced(" }", std::string(more) + " }", introspection)));
    };
    EXPECT_EQ(problem(", cache_ttl = \"10m\", timeout = \"1m\""), "");
    EXPECT_TRUE(
        problem(", cache_ttl = \"11m\"").contains("cache_ttl: 11m is not between 0s and 10m"));
    EXPECT_TRUE(problem(", timeout = \"0s\"").contains("timeout: 0s is not between 10ms and 1m"));
    EXPECT_TRUE(
        problem(", auth_method = \"none\"").contains("auth_method: \"none\" is not one of"));
}

TEST(ConfigResource, TimeoutsHaveBounds) {
    EXPECT_EQ(problems_of(followed_by("timeout = \"24h\"\nconnect_timeout = \"1m\"\n")), "");
    expect_problem(followed_by("timeout = \"0s\"\n"), "11: resource[0].timeout", "between");
    expect_problem(followed_by("connect_timeout = \"2m\"\n"), "11: resource[0].connect_timeout",
                   "between");
}

std::string ruled(std::string_view lines) {
    return followed_by("[[resource.tool]]\nmatch = \"write_.*\"\n" + std::string(lines));
}

TEST(ConfigTool, MayDenyAndHaveConditions) {
    const Config config =
        config_of(ruled("when = { \"user.department\" = [\"engineering\"], client_id = \"worker\", "
                        "\"args.path\" = { match = \"/public/.*\" }, \"args.n\" = { max = 3 } }\n"
                        "[[resource.tool]]\nmatch = \".*\"\naction = \"deny\"\n"));
    const auto& rules = config.gateway().resources[0].rules;
    ASSERT_EQ(rules.size(), 2U);
    EXPECT_EQ(rules[1].action, resource::RuleAction::deny);
    ASSERT_EQ(rules[0].when.size(), 4U);
    EXPECT_EQ(rules[0].when[0].attribute, "user.department");
    EXPECT_EQ(rules[0].when[0].any_of, (std::vector<std::string>{"engineering"}));
    EXPECT_EQ(rules[0].when[1].any_of, (std::vector<std::string>{"worker"}));
    EXPECT_EQ(rules[0].when[2].match, "/public/.*");
    EXPECT_EQ(rules[0].when[3].max, 3.0);
    EXPECT_FALSE(rules[0].when[3].min);
}

TEST(ConfigTool, SaysWhatAConditionMayBe) {
    expect_problem(ruled("when = { department = [\"x\"] }\n"),
                   "13: resource[0].tool[0].when.department", "the attributes are");
    expect_problem(ruled("when = { client_id = [] }\n"), "13: resource[0].tool[0].when.client_id",
                   "needs values");
    expect_problem(ruled("when = { client_id = { match = \"(\" } }\n"),
                   "13: resource[0].tool[0].when.client_id.match", "not a valid RE2 pattern");
    expect_problem(ruled("when = { client_id = { any = [\"x\"], like = \"x\" } }\n"),
                   "13: resource[0].tool[0].when.client_id.like", "not a known key");
    expect_problem(ruled("action = \"refuse\"\n"), "13: resource[0].tool[0].action",
                   "is not one of allow, deny");
    expect_problem(ruled("action = \"deny\"\nscopes = [\"read\"]\n"),
                   "14: resource[0].tool[0].scopes[0]", "a deny rule needs no scopes");
}

TEST(ConfigRule, IsAboutAMethodThatRulesCanBeAbout) {
    const auto rule = [](std::string_view method) {
        return followed_by("[[resource.rule]]\nmethod = \"" + std::string(method) + "\"\n");
    };
    const Config config = config_of(rule("resources/read"));
    const auto& rules = config.gateway().resources[0].rules;
    ASSERT_EQ(rules.size(), 1U);
    EXPECT_EQ(rules[0].method, "resources/read");
    EXPECT_EQ(rules[0].match, ".*");
    config_of(rule("tasks/*"));
    expect_problem(rule("initialize"), "12: resource[0].rule[0].method", "is not one of");
    expect_problem(rule("tools/call"), "12: resource[0].rule[0].method", "[[resource.tool]]");
}

TEST(ConfigResource, DefaultSaysWhatBecomesOfWhatNoRuleNames) {
    EXPECT_EQ(config_of(valid_toml).gateway().resources[0].default_action,
              resource::RuleAction::allow);
    EXPECT_EQ(config_of(followed_by("default = \"deny\"\n")).gateway().resources[0].default_action,
              resource::RuleAction::deny);
}

TEST(ConfigTool, PatternsAreRe2) {
    const auto tool = [](std::string_view lines) {
        return followed_by("[[resource.tool]]\n" + std::string(lines));
    };
    EXPECT_EQ(problems_of(tool("match = \"(create|update)_.*\"\nscopes = [\"write\"]\n")), "");
    expect_problem(tool("match = \"(create\"\n"), "12: resource[0].tool[0].match", "missing )");
    expect_problem(tool("match = \"(a)\\\\1\"\n"), "12: resource[0].tool[0].match",
                   "is not a valid RE2 pattern");
    expect_problem(tool("scopes = [\"write\"]\n"), "11: resource[0].tool[0].match", "is missing");
    expect_problem(tool("match = \".*\"\nscopes = [\"rite\"]\n"),
                   "13: resource[0].tool[0].scopes[0]", "[auth.scopes]");
}

}  // namespace
}  // namespace sluice::config::testing
