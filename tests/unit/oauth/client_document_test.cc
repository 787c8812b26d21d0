// Client ID metadata documents: which addresses and which contents make a client.
#include "oauth/clients/client_document.h"

#include <gtest/gtest.h>

#include "oauth/clients/client_directory.h"
#include "tests/support/oauth_settings.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view url = "https://app.example/oauth/client.json";

std::string document(std::string_view more = "") {
    return R"({"client_id":"https://app.example/oauth/client.json","client_name":"App",)"
           R"("redirect_uris":["https://app.example/cb","http://localhost/callback"])" +
           std::string(more) + "}";
}

Result<Client> parse(std::string_view json) {
    return parse_client_document(json, url, oauth_test::test_settings_without_users());
}

TEST(ClientDocumentUrl, IsAnHttpsUrlWithAPath) {
    for (const std::string_view good :
         {url, std::string_view("https://app.example:8443/a"),
          std::string_view("https://a.b/c?d=e"), std::string_view("https://a.b/..c/.d/e."),
          std::string_view("https://a.b/c/")}) {
        EXPECT_FALSE(client_document_url_fault(good)) << good;
    }
    for (const std::string_view bad : {"http://app.example/a",
                                       "https://app.example",
                                       "https://app.example/",
                                       "https://app.example/a#b",
                                       "https://u@app.example/a",
                                       "https://u:p@app.example/a",
                                       "https://app.example/a/../b",
                                       "https://app.example/./a",
                                       "https://app.example/a/..",
                                       "https://app.example/%2e%2E/a",
                                       "https://App.example/a",
                                       "https://127.1/a",
                                       "https://0x7f.0.0.1/a",
                                       "https://app.example./a",
                                       "https://app.example:0/a",
                                       "https://app.example:65536/a",
                                       "https:///a",
                                       "https://",
                                       "https://a b/c",
                                       "https://app.example\\@evil.example/a"}) {
        EXPECT_TRUE(client_document_url_fault(bad)) << bad;
    }
    EXPECT_TRUE(client_document_url_fault("https://a.b/" + std::string(600, 'a')));
}

TEST(ClientDocumentHosts, DenyGoesBeforeAllow) {
    ClientDocumentSettings settings;
    EXPECT_TRUE(is_document_host_allowed(settings, "app.example"));
    settings.allow = {"*.example", "exact.test"};
    settings.deny = {"evil.example", "*.evil.example"};
    for (const std::string_view host : {"app.example", "a.b.example", "exact.test"}) {
        EXPECT_TRUE(is_document_host_allowed(settings, host)) << host;
    }
    for (const std::string_view host : {"example", "evil.example", "a.evil.example", "a.exact.test",
                                        "badexample", "other.test"}) {
        EXPECT_FALSE(is_document_host_allowed(settings, host)) << host;
    }
}

TEST(ClientDocument, DescribesAPublicClient) {
    const auto client = parse(document());
    ASSERT_TRUE(client) << client.error().description;
    EXPECT_EQ(client->client_id, url);
    EXPECT_EQ(client->name, "App");
    EXPECT_EQ(client->document_host, "app.example");
    EXPECT_FALSE(client->confidential());
    EXPECT_TRUE(client->registered) << "no redirect to it before somebody has signed in";
    EXPECT_EQ(client->grant_types,
              (GrantTypes{GrantType::authorization_code, GrantType::refresh_token}));
    EXPECT_FALSE(client->scope_max);
    EXPECT_EQ(client->redirect_uris.size(), 2U);
}

TEST(ClientDocument, LeavesOutWhatIsNotToBeHad) {
    const auto client = parse(
        R"({"client_id":"https://app.example/oauth/client.json","client_name":"App",)"
        R"("redirect_uris":["javascript:x","http://app.example/cb","vscode://app/cb","shell:x"],)"
        R"("grant_types":["authorization_code","client_credentials","implicit","device_code"],)"
        R"("scope":"unheard:of","logo_uri":"http://127.0.0.1/"})");
    ASSERT_TRUE(client) << client.error().description;
    EXPECT_EQ(client->redirect_uris, std::vector<std::string>{"vscode://app/cb"});
    EXPECT_EQ(client->grant_types,
              (GrantTypes{GrantType::authorization_code, GrantType::device_code}));
}

TEST(ClientDocument, MayNameThePublicKeysOfItsClient) {
    const std::string key =
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
    const std::string method = R"(,"token_endpoint_auth_method":"private_key_jwt")";
    const auto client = parse(document(method + R"(,"jwks":{"keys":[)" + key + "]}"));
    ASSERT_TRUE(client) << client.error().description;
    EXPECT_EQ(client->auth_method, ClientAuthMethod::private_key_jwt);
    EXPECT_EQ(client->keys.jwks->keys().size(), 1U);
    for (const std::string& keys : {std::string(), std::string(R"(,"jwks":{"keys":[]})"),
                                    std::string(R"(,"jwks_uri":"http://keys.example/")")}) {
        const auto refused = parse(document(method + keys));
        ASSERT_FALSE(refused) << keys;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_client);
    }
}

TEST(ClientDocument, IsRefusedWhereItIsFaulty) {
    for (const std::string& json :
         {std::string(""), std::string("[]"), std::string("{"),
          std::string(R"({"client_name":"A"})"), document(R"(,"client_secret":"x")"),
          document(R"(,"client_secret_expires_at":0)"),
          document(R"(,"token_endpoint_auth_method":"client_secret_basic")"),
          document(R"(,"token_endpoint_auth_method":"client_secret_jwt")"),
          document(R"(,"token_endpoint_auth_method":1)"),
          document(R"(,"response_types":["token"])"), document(R"(,"grant_types":["implicit"])"),
          document(R"(,"client_name":"twice")")}) {
        const auto client = parse(json);
        ASSERT_FALSE(client) << json;
        EXPECT_EQ(client.error().code, ErrorCode::invalid_client) << json;
    }
    const auto other = parse_client_document(document(), "https://app.example/other",
                                             oauth_test::test_settings_without_users());
    EXPECT_FALSE(other) << "the identifier is the address, letter by letter";
}

TEST(ClientDocument, OfOtherKeysOrNamesTakesThePlaceOfTheOneBefore) {
    ClientDirectory directory(oauth_test::test_settings_without_users(), 7);
    Client client = *parse(document());
    directory.add_document(client);
    const std::uint64_t revision = directory.revision();
    directory.add_document(client);
    EXPECT_EQ(directory.revision(), revision) << "the same again";
    client.keys.jwks_uri = "https://app.example/keys.json";
    directory.add_document(client);
    EXPECT_EQ((*directory.find(url))->keys.jwks_uri, "https://app.example/keys.json");
    EXPECT_NE(directory.revision(), revision);
    client.name = "Another";
    directory.add_document(client);
    EXPECT_EQ((*directory.find(url))->name, "Another");
}

TEST(ClientDocument, CopiesOfWellKnownClientsAreGoodDocuments) {
    for (const std::string_view known : {"https://claude.ai/oauth/mcp-oauth-client-metadata",
                                         "https://claude.ai/oauth/claude-code-client-metadata",
                                         "https://vscode.dev/oauth/client-metadata.json"}) {
        EXPECT_FALSE(client_document_url_fault(known));
        const auto client = parse_client_document(find_known_client_document(known), known,
                                                  oauth_test::test_settings_without_users());
        EXPECT_TRUE(client) << known << ": " << client.error().description;
    }
    EXPECT_EQ(find_known_client_document(url), "");
}

}  // namespace
}  // namespace sluice::oauth
