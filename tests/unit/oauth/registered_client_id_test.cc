// Client identifiers that hold what was registered.
#include "oauth/clients/registered_client_id.h"

#include <gtest/gtest.h>

#include "oauth/client_id.h"

namespace sluice::oauth {
namespace {

Client editor() {
    Client client;
    client.name = "Editor";
    client.redirect_uris = {"http://localhost:49152/callback", "cursor://anysphere/cb"};
    client.grant_types = {GrantType::authorization_code, GrantType::refresh_token};
    client.registered = true;
    return client;
}

Client server() {
    Client client = editor();
    client.redirect_uris = {"https://app.example/cb"};
    client.auth_method = ClientAuthMethod::client_secret_post;
    client.grant_types = {GrantType::authorization_code};
    return client;
}

class RegisteredClientId : public testing::Test {
protected:
    std::string seal(const Client& client) { return seal_client_id(client, keys, random); }

    SeededRandom random{3};
    Keys keys = Keys::generate(random);
};

TEST_F(RegisteredClientId, HoldsWhatWasRegistered) {
    for (const Client& client : {editor(), server()}) {
        const std::string client_id = seal(client);
        EXPECT_LT(client_id.size(), 320u) << client_id;
        EXPECT_TRUE(is_client_id(client_id.substr(0, client_id_size_max))) << client_id;
        const auto opened = open_client_id(client_id, keys);
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->client_id, client_id);
        EXPECT_EQ(opened->name, client.name);
        EXPECT_EQ(opened->auth_method, client.auth_method);
        EXPECT_EQ(opened->grant_types, client.grant_types);
        EXPECT_EQ(opened->redirect_uris.size(), client.redirect_uris.size());
        EXPECT_TRUE(opened->registered);
        EXPECT_TRUE(opened->introspect.none());
    }
}

TEST_F(RegisteredClientId, OfAPublicClientIsOneTextWhateverTheLoopbackPort) {
    Client again = editor();
    again.redirect_uris = {"cursor://anysphere/cb", "http://localhost:1/callback",
                           "http://localhost:2/callback"};
    EXPECT_EQ(seal(editor()), seal(again));
    again.redirect_uris.emplace_back("http://127.0.0.1/callback");
    EXPECT_NE(seal(editor()), seal(again));
    Client other = editor();
    other.name = "Editor ";
    EXPECT_NE(seal(editor()), seal(other));
}

TEST_F(RegisteredClientId, OfAConfidentialClientIsAnotherEachTimeAndSoIsItsSecret) {
    const std::string first = seal(server());
    const std::string second = seal(server());
    EXPECT_NE(first, second);
    EXPECT_NE(secret_of_client(first, keys).reveal(), secret_of_client(second, keys).reveal());
    EXPECT_EQ(open_client_id(first, keys)->secret_digest,
              crypto::sha256(secret_of_client(first, keys).reveal()));
}

TEST_F(RegisteredClientId, IsNobodyElsesToMake) {
    const std::string client_id = seal(editor());
    for (std::size_t i = 0; i < client_id.size(); ++i) {
        std::string changed = client_id;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_client_id(changed, keys)) << i;
    }
    EXPECT_FALSE(open_client_id(client_id.substr(0, client_id.size() - 1), keys));
    EXPECT_FALSE(open_client_id(client_id + "A", keys));
    for (const char* text : {"", "client_", "pub", "https://app.example/client.json"}) {
        EXPECT_FALSE(open_client_id(text, keys)) << text;
    }
    EXPECT_FALSE(open_client_id("client_" + std::string(20'000, 'A'), keys));
    EXPECT_FALSE(open_client_id(client_id, Keys::generate(random)));
}

TEST_F(RegisteredClientId, IsShortInALog) {
    const std::string client_id = seal(editor());
    const std::string_view brief = short_client_id(client_id);
    EXPECT_TRUE(client_id.starts_with(brief));
    EXPECT_EQ(brief.size(), 29u);
    const std::string earlier = "client_" + std::string(43, 'x');
    for (const std::string& whole : {std::string("pub"), earlier, std::string(200, 'p')}) {
        EXPECT_EQ(short_client_id(whole), whole);
    }
}

}  // namespace
}  // namespace sluice::oauth
