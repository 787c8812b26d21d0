// The rules of [[auth.client]].
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

// Line 11 is [[auth.client]], line 12 the client_id, `lines` begin at 13.
std::string client(std::string_view lines) {
    return followed_by("[[auth.client]]\nclient_id = \"c\"\n" + std::string(lines) + '\n');
}

constexpr std::string_view secret = "client_secret = \"0123456789abcdef0123456789abcdef\"\n";
constexpr std::string_view confidential =
    "auth_method = \"client_secret_basic\"\nclient_secret = \"0123456789abcdef0123456789abcdef\"\n";
constexpr std::string_view callback = "redirect_uris = [\"https://a.example/cb\"]\n";

std::string operator+(std::string_view a, std::string_view b) {
    return std::string(a).append(b);
}

TEST(ConfigClient, APublicClientIsTheDefault) {
    const Config config = config_of(client(callback));
    const oauth::ClientSetting& c = config.auth()->clients.at(0);
    EXPECT_EQ(c.client_name, "c");
    EXPECT_EQ(c.auth_method, token::ClientAuthMethod::none);
    EXPECT_EQ(c.grant_types, (oauth::GrantTypes{oauth::GrantType::authorization_code,
                                                oauth::GrantType::refresh_token}));
    EXPECT_EQ(c.scope.text(), "read");
}

TEST(ConfigClient, IdIsNeededPlainAndGivenOnce) {
    expect_problem(followed_by("[[auth.client]]\ngrant_types = []\n"),
                   "11: auth.client[0].client_id", "is missing");
    expect_problem(followed_by("[[auth.client]]\nclient_id = \"a:b\"\ngrant_types = []\n"),
                   "12: auth.client[0].client_id", "letters, digits");
    expect_problem(client(callback) + "[[auth.client]]\nclient_id = \"c\"\ngrant_types = []\n",
                   "16: auth.client[1].client_id", "is already the client_id of line 12");
}

TEST(ConfigClient, AuthMethodIsOneOfFour) {
    expect_problem(client("auth_method = \"secret\"\n" + std::string(callback)),
                   "13: auth.client[0].auth_method",
                   "\"secret\" is not one of none, client_secret_basic, client_secret_post, "
                   "private_key_jwt");
}

TEST(ConfigClient, ASecretAndItsMethodGoTogether) {
    EXPECT_EQ(problems_of(client(confidential + callback)), "");
    expect_problem(client("auth_method = \"client_secret_post\"\n" + std::string(callback)),
                   "11: auth.client[0].client_secret", "is missing");
    expect_problem(client(secret + callback), "11: auth.client[0].auth_method",
                   "there is a secret");
}

constexpr std::string_view keyed =
    "auth_method = \"private_key_jwt\"\ngrant_types = [\"client_credentials\"]\n";
constexpr std::string_view jwks =
    R"(jwks = '{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}')"
    "\n";

TEST(ConfigClient, PrivateKeyJwtNeedsOneSourceOfPublicKeys) {
    const Config config = config_of(client(keyed + jwks));
    EXPECT_EQ(config.auth()->clients.at(0).keys.jwks->keys().size(), 1U);
    EXPECT_TRUE(config.auth()->clients.at(0).client_secret.empty());
    expect_problem(client(keyed), "11: auth.client[0].jwks_file", "is missing");
    expect_problem(client(keyed + jwks + "jwks_uri = \"http://127.0.0.1:9/jwks\"\n"),
                   "16: auth.client[0].jwks_uri", "beside another source");
    expect_problem(client(jwks + callback), "13: auth.client[0].jwks", "has no effect");
    expect_problem(client(keyed + secret + jwks), "13: auth.client[0].auth_method",
                   "there is a secret");
}

TEST(ConfigClient, KeysOfPrivateKeyJwtArePublicAndUsable) {
    expect_problem(client(keyed + "jwks = '{}'\n"), "15: auth.client[0].jwks", "JWK Set");
    expect_problem(client(keyed + "jwks = '{\"keys\":[]}'\n"), "15: auth.client[0].jwks",
                   "no public key");
    expect_problem(client(keyed + "jwks_file = \"nowhere.json\"\n"), "15: auth.client[0].jwks_file",
                   "cannot be read");
    expect_problem(client(keyed + "jwks_uri = \"http://keys.example/\"\n"),
                   "15: auth.client[0].jwks_uri", "https");
    EXPECT_EQ(problems_of(client(keyed + "jwks_uri = \"http://127.0.0.1:9/jwks\"\n")), "");
}

TEST(ConfigClient, SecretIsLongPrintableAndNeverRepeated) {
    const auto with_secret = [](std::string_view text) {
        return client("auth_method = \"client_secret_basic\"\nclient_secret = \"" +
                      std::string(text) + "\"\n" + std::string(callback));
    };
    expect_problem(with_secret("hunter2"), "14: auth.client[0].client_secret", "16 to 512");
    EXPECT_EQ(problems_of(with_secret("hunter2")).find("hunter2"), std::string::npos);
    expect_problem(with_secret("0123456789 abcdef"), "14: auth.client[0].client_secret",
                   "without spaces");
}

TEST(ConfigClient, ClientCredentialsNeedAConfidentialClient) {
    EXPECT_EQ(problems_of(client(confidential + "grant_types = [\"client_credentials\"]")), "");
    expect_problem(client("grant_types = [\"client_credentials\"]"),
                   "11: auth.client[0].grant_types", "needs a client with a secret");
}

TEST(ConfigClient, RefreshTokensComeFromCodes) {
    expect_problem(client("grant_types = [\"refresh_token\"]"), "11: auth.client[0].grant_types",
                   "authorization_code or device_code");
}

TEST(ConfigClient, DevicesNeedNoRedirectUriAndTheirGrantHasTwoNames) {
    for (const char* name : {"device_code", "urn:ietf:params:oauth:grant-type:device_code"}) {
        const std::string types =
            "grant_types = [\"" + std::string(name) + "\", \"refresh_token\"]";
        EXPECT_EQ(problems_of(client(types)), "") << name;
    }
}

TEST(ConfigClient, GrantTypesAreThoseThatExist) {
    expect_problem(client("grant_types = [\"password\"]\n" + std::string(callback)),
                   "13: auth.client[0].grant_types[0]", "\"password\" is not one of");
}

TEST(ConfigClient, CodesNeedARedirectUri) {
    expect_problem(client(""), "11: auth.client[0].redirect_uris", "at least one");
}

TEST(ConfigClient, RedirectUrisOfWebLoopbackAndNativeApplicationsAreTaken) {
    for (const char* uri : {"https://a.example/cb?x=1", "http://127.0.0.1/callback",
                            "http://localhost:33418", "http://[::1]:7777/cb",
                            "com.example.app:/oauth", "cursor://anysphere.cursor-mcp/oauth"}) {
        EXPECT_EQ(problems_of(client("redirect_uris = [\"" + std::string(uri) + "\"]")), "") << uri;
    }
}

TEST(ConfigClient, RedirectUrisThatLeakCodesAreRefused) {
    for (const char* uri :
         {"", "/cb", "a.example/cb", "https://a.example/cb#f", "https://*.example/cb",
          "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc",
          "http://a.example/cb", "http://127.0.0.1.evil.example/", "https://u@a.example/",
          "https:///cb", "https://a.example:0/cb", "https://a.example/ cb"}) {
        expect_problem(client("redirect_uris = [\"" + std::string(uri) + "\"]"),
                       "13: auth.client[0].redirect_uris[0]", "");
    }
}

TEST(ConfigClient, ScopesExist) {
    EXPECT_EQ(
        config_of(client(callback + "scope = \"write read\"")).auth()->clients[0].scope.text(),
        "write read");
    expect_problem(client("scope = \"read admin\"\n" + std::string(callback)),
                   "13: auth.client[0].scope", "\"admin\" is not in [auth.scopes]");
}

TEST(ConfigClient, OnlyAConfidentialClientIntrospects) {
    const std::string line = "introspect = true\ngrant_types = []";
    EXPECT_TRUE(config_of(client(confidential + line)).auth()->clients[0].introspect.cover(""));
    expect_problem(client(line), "13: auth.client[0].introspect", "needs a client with a secret");
    expect_problem(client("introspect = [\"/mcp\"]\ngrant_types = []"),
                   "13: auth.client[0].introspect", "needs a client with a secret");
}

TEST(ConfigClient, IntrospectsTheResourcesThatItNames) {
    const auto rights = [](std::string_view introspect) {
        const std::string line = "grant_types = []\nintrospect = ";
        return config_of(client(confidential + line + introspect)).auth()->clients[0].introspect;
    };
    EXPECT_TRUE(rights("false").none());
    EXPECT_TRUE(rights("[]").none());
    for (const char* one : {R"(["/mcp"])", R"(["/mcp/"])", R"(["https://BOX.example:443/mcp"])"}) {
        const token::ResourceRights over = rights(one);
        EXPECT_TRUE(over.cover("https://box.example/mcp")) << one;
        EXPECT_FALSE(over.cover("https://box.example/other")) << one;
        EXPECT_FALSE(over.cover("")) << one;
    }
}

TEST(ConfigClient, IntrospectsNoResourceThatIsUnknown) {
    const auto with_introspect = [](std::string_view introspect) {
        return client(confidential + std::string("grant_types = []\nintrospect = ") + introspect);
    };
    expect_problem(with_introspect(R"(["/mcp", "/mpc"])"), "16: auth.client[0].introspect[1]",
                   "\"/mpc\" is no resource of this configuration: /mcp; write");
    expect_problem(with_introspect(R"(["https://elsewhere.example/mcp"])"),
                   "16: auth.client[0].introspect[0]", "is no resource of this configuration");
    expect_problem(with_introspect(R"(["mcp"])"), "16: auth.client[0].introspect[0]", "");
    expect_problem(with_introspect(R"("all")"), "16: auth.client[0].introspect",
                   "true, false or a list of resources");
    expect_problem(with_introspect("[1]"), "16: auth.client[0].introspect[0]", "string in quotes");
}

TEST(ConfigApiKey, IntrospectsEverythingUnlessItNamesResources) {
    const auto rights = [](std::string_view line) {
        const std::string key =
            "[[auth.api_key]]\nname = \"k\"\nkey = \"0123456789abcdef0123456789abcdef\"\n";
        return config_of(followed_by(key + std::string(line))).auth()->api_keys[0].introspect;
    };
    EXPECT_TRUE(rights("").cover("https://box.example/other"));
    EXPECT_FALSE(rights("introspect = [\"/mcp\"]\n").cover("https://box.example/other"));
    EXPECT_TRUE(rights("introspect = [\"/mcp\"]\n").cover("https://box.example/mcp"));
}

TEST(ConfigSecret, ComesFromAVariableOrAFile) {
    FakeEnvironment environment;
    environment.variables["SECRET"] = "from-the-environment";
    environment.files["secret.txt"] = "from-the-file-system\n";
    const auto secret_of = [&](std::string_view line) {
        return std::string(config_of(client("auth_method = \"client_secret_post\"\n" +
                                            std::string(line) + '\n' + std::string(callback)),
                                     environment)
                               .auth()
                               ->clients[0]
                               .client_secret.reveal());
    };
    EXPECT_EQ(secret_of("client_secret_env = \"SECRET\""), "from-the-environment");
    EXPECT_EQ(secret_of("client_secret_file = \"secret.txt\""), "from-the-file-system");
}

TEST(ConfigSecret, AMissingSourceIsAProblemThatDoesNotRepeatIt) {
    const std::string head = "auth_method = \"client_secret_post\"\n" + std::string(callback);
    expect_problem(client(head + "client_secret_env = \"hunter2hunter2\""),
                   "15: auth.client[0].client_secret_env", "is not set");
    EXPECT_EQ(problems_of(client(head + "client_secret_env = \"hunter2hunter2\"")).find("hunter2"),
              std::string::npos);
    expect_problem(client(head + "client_secret_file = \"none\""),
                   "15: auth.client[0].client_secret_file", "cannot be read");
}

TEST(ConfigSecret, IsGivenInOneWay) {
    expect_problem(client(confidential + callback + "client_secret_env = \"S\""),
                   "14: auth.client[0].client_secret", "more than one way");
}

}  // namespace
}  // namespace sluice::config::testing
