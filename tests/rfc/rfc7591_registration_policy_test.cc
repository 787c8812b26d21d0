// Who may register, and how many registrations are kept: RFC 7591 §3, §5.
#include <gtest/gtest.h>

#include "oauth/shard_state.h"
#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {
namespace {

constexpr std::string_view native = R"({"client_name":"Editor",
    "redirect_uris":["http://localhost:49152/callback"],
    "grant_types":["authorization_code","refresh_token"],"response_types":["code"],
    "token_endpoint_auth_method":"none","application_type":"native","scope":"mcp:read"})";

TEST(RegistrationModes, ATokenIsAskedForWhereTheSettingsSaySo) {
    oauth::Settings settings = test_settings();
    settings.registration = oauth::Registration::token;
    settings.registration_token = Secret("registration-token-0123456789");
    Servers servers(settings);
    const auto post = [&](std::string_view authorization) {
        Sent sent = json_post("/register", R"({"redirect_uris":["https://app.example/cb"],
            "grant_types":["authorization_code","client_credentials"]})");
        if (!authorization.empty()) sent.field("Authorization", authorization);
        return servers.call("register", sent);
    };
    const Answer without = post({});
    EXPECT_EQ(without.status(), 401);
    EXPECT_EQ(without.field("WWW-Authenticate"), "Bearer");
    const Answer wrong = post("Bearer wrong");
    EXPECT_EQ(wrong.status(), 401);
    EXPECT_EQ(wrong.error(), "invalid_token");
    const Answer right = post("Bearer registration-token-0123456789");
    EXPECT_EQ(right.status(), 201);
    // Who was given the token may register a client that acts for itself.
    EXPECT_EQ(right.json("grant_types"), R"(["authorization_code","client_credentials"])");
}

TEST(RegistrationModes, GrantsAreTheWrittenOnesWhereTheSettingsWriteThem) {
    constexpr std::string_view worker = R"({"grant_types":["client_credentials"],
        "token_endpoint_auth_method":"client_secret_basic"})";
    oauth::Settings settings = test_settings();
    EXPECT_EQ(Servers(settings).call("register", json_post("/register", worker)).status(), 400);
    settings.registration_grants = {oauth::GrantType::client_credentials};
    Servers servers(settings);
    const Answer answer = servers.call("register", json_post("/register", worker));
    EXPECT_EQ(answer.status(), 201);
    EXPECT_EQ(answer.json("grant_types"), R"(["client_credentials"])");
    // What is not written is not to be had, and who keeps no secret acts for nobody.
    EXPECT_EQ(servers.call("register", json_post("/register", native)).status(), 400);
    const Answer open = servers.call("register", json_post("/register", R"({"grant_types":
        ["client_credentials"],"token_endpoint_auth_method":"none"})"));
    EXPECT_EQ(open.status(), 400);
}

TEST(RegistrationModes, ClosedMeansClosedAndIsNotAdvertised) {
    oauth::Settings settings = test_settings();
    settings.registration = oauth::Registration::closed;
    Servers servers(settings);
    const Answer answer = servers.call("register", json_post("/register", native));
    EXPECT_EQ(answer.status(), 403);
    EXPECT_EQ(answer.error(), "access_denied");
    const Answer metadata = servers.call("metadata", {http::Method::get, "/x"});
    EXPECT_EQ(metadata.json("registration_endpoint"), "");
}

TEST(RegistrationLimits, OneAddressIsRefusedBeyondItsLimitAndAnotherIsNot) {
    oauth::Settings settings = test_settings();
    settings.rate_limit = {.requests = 10, .window = std::chrono::minutes{1}};
    Servers servers(settings, 2);
    const auto post = [&](std::string_view address, unsigned shard) {
        return servers.call("register", json_post("/register", native).from(address), shard);
    };
    for (unsigned i = 0; i < 10; ++i) EXPECT_EQ(post("192.0.2.1", i % 2).status(), 201);
    const Answer refused = post("192.0.2.1", 0);
    EXPECT_EQ(refused.status(), 429);
    EXPECT_NE(refused.field("Retry-After"), "");
    EXPECT_EQ(post("192.0.2.2", 0).status(), 201);
}

TEST(RegistrationLimits, AnyNumberOfRegistrationsTakesNoRoomAndEndsNobodys) {
    oauth::Settings settings = test_settings();
    settings.rate_limit.requests = 100'000;
    Servers servers(settings, 2);
    const auto post = [&](int number) {
        return servers
            .call("register", json_post("/register", R"({"token_endpoint_auth_method":"none",
            "redirect_uris":["https://app.example/)" + std::to_string(number) +
                                                         "\"]}"))
            .json("client_id");
    };
    const auto request_of = [](const std::string& client_id, int number) {
        Parameters request = authorization_request();
        request["client_id"] = client_id;
        request["redirect_uri"] = "https://app.example/" + std::to_string(number);
        return request;
    };
    const std::string used = post(0);
    const std::string unused = post(1);
    const std::uint64_t before = servers.server().counts().clients;
    for (int i = 2; i < 3000; ++i) post(i);
    EXPECT_EQ(servers.server().counts().clients, before);
    EXPECT_EQ(Browser(servers).authorize(request_of(used, 0)).status(), 303);
    servers.advance(std::chrono::days{91});
    for (const auto& [client_id, number] : {std::pair{used, 0}, std::pair{unused, 1}}) {
        EXPECT_EQ(Browser(servers, 1).get(request_of(client_id, number)).status(), 200);
    }
}

TEST(RegistrationPolicy, ClosingItEndsWhatNobodyHasConsentedTo) {
    Servers servers(test_settings(), 2);
    Parameters request = authorization_request();
    request["client_id"] =
        servers.call("register", json_post("/register", native)).json("client_id");
    request["redirect_uri"] = "http://localhost:5555/callback";
    EXPECT_EQ(Browser(servers, 0).get(request).status(), 200);
    servers.settings.registration = oauth::Registration::closed;
    EXPECT_EQ(Browser(servers, 1).get(request).status(), 400);
}

TEST(RegistrationLimits, AsManyClientsAsAreMetAreBoundedAndAllOfThemWork) {
    Servers servers(test_settings());
    const auto meet = [&](int number) {
        servers.on_shard(0, [number](oauth::ShardState& state) {
            oauth::Client client;
            client.client_id = "client_" + std::to_string(number);
            client.registered = true;
            state.clients.add_met(std::move(client));
        });
    };
    const std::uint64_t before = servers.server().counts().clients;
    constexpr int most = oauth::ClientDirectory::met_max;
    for (int i = 0; i < most + 50; ++i) meet(i);
    EXPECT_EQ(servers.server().counts().clients, before + most);
    for (int i = 0; i < 50; ++i) meet(most + 49);  // the same again makes nobody go
    EXPECT_EQ(servers.server().counts().clients, before + most);
}

}  // namespace
}  // namespace sluice::oauth_test
