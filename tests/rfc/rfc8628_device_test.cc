// Device authorization grant: RFC 8628.
#include <gtest/gtest.h>

#include "oauth/device/user_code.h"
#include "tests/support/oauth_device.h"
#include "tests/support/oauth_token_endpoint.h"

namespace sluice::oauth_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class DeviceGrant : public testing::Test {
protected:
    void expect_error(const Answer& answer, std::string_view error, int status = 400) {
        EXPECT_EQ(answer.status(), status) << answer.body();
        EXPECT_EQ(answer.error(), error) << answer.body();
        EXPECT_EQ(answer.field("Content-Type"), "application/json");
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    }

    Servers servers{device_settings(), 3};
    Device tv{servers};
    DeviceBrowser browser{servers, 1};
    TokenClient client{servers};
};

// §3.2
TEST_F(DeviceGrant, AnswersWithCodesAndWhereToTakeThem) {
    const Answer answer = tv.ask({{"scope", "mcp:read"}});
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(tv.device_code.size(), 64U);
    EXPECT_TRUE(oauth::is_user_code(tv.user_code)) << tv.user_code;
    EXPECT_EQ(answer.json("verification_uri"), "https://as.example/device");
    EXPECT_EQ(answer.json("verification_uri_complete"),
              "https://as.example/device?code=" + tv.user_code);
    EXPECT_EQ(answer.json("expires_in"), "600");
    EXPECT_EQ(answer.json("interval"), "5");
}

// §3.1
TEST_F(DeviceGrant, RefusesARequestAsTheTokenEndpointDoes) {
    expect_error(tv.ask({{"client_id", "nobody"}}), "invalid_client", 401);
    expect_error(tv.ask({{"client_id", "pub"}}), "unauthorized_client");
    expect_error(tv.ask({{"scope", "unheard:of"}}), "invalid_scope");
    expect_error(tv.ask({{"resource", "https://elsewhere.example/mcp"}}), "invalid_target");
    const Answer json = servers.call("device_authorization",
                                     json_post("/device_authorization", R"({"client_id":"tv"})"));
    expect_error(json, "invalid_request");
}

// §3.4, §3.5
TEST_F(DeviceGrant, GivesTokensOnceAPersonHasAllowedIt) {
    tv.ask({{"scope", "mcp:read mcp:write"}, {"resource", std::string(mcp)}});
    expect_error(tv.poll(), "authorization_pending");
    const Answer done = browser.decide(tv.user_code, "allow");
    EXPECT_EQ(done.status(), 200);
    EXPECT_TRUE(done.body().contains("Device connected")) << done.body();
    servers.advance(seconds{5});
    const Answer tokens = tv.poll();
    EXPECT_EQ(tokens.status(), 200) << tokens.body();
    EXPECT_EQ(tokens.json("scope"), "mcp:read mcp:write");
    const Answer told = client.introspect(tokens.json("access_token"));
    EXPECT_EQ(told.json("active"), "true");
    EXPECT_EQ(told.json("sub"), "alice");
    EXPECT_EQ(told.json("client_id"), "tv");
    EXPECT_EQ(told.json("aud"), mcp);
    const Answer refreshed =
        client.token(TokenClient::refresh_request(tokens.json("refresh_token"), "tv"));
    EXPECT_EQ(refreshed.status(), 200) << refreshed.body();
}

TEST_F(DeviceGrant, ADeviceCodeIsUsedOnce) {
    tv.ask();
    browser.decide(tv.user_code, "allow");
    const Answer tokens = tv.poll();
    EXPECT_EQ(tokens.status(), 200) << tokens.body();
    servers.advance(seconds{5});
    expect_error(tv.poll(), "invalid_grant");
    EXPECT_TRUE(client.is_active(tokens.json("access_token")));
}

TEST_F(DeviceGrant, ADenialIsToldToTheDevice) {
    tv.ask();
    const Answer done = browser.decide(tv.user_code, "deny");
    EXPECT_TRUE(done.body().contains("Device denied")) << done.body();
    expect_error(tv.poll(), "access_denied");
    servers.advance(seconds{5});
    expect_error(tv.poll(), "access_denied");
}

TEST_F(DeviceGrant, AnExpiredCodeIsToldAndCannotBeAllowedAnyMore) {
    tv.ask();
    servers.advance(minutes{10} + milliseconds{1});
    EXPECT_EQ(browser.get(tv.user_code).status(), 400);
    expect_error(tv.poll(), "expired_token");
}

TEST_F(DeviceGrant, AnApprovalIsLostWhereTheDeviceComesTooLate) {
    tv.ask();
    browser.decide(tv.user_code, "allow");
    servers.advance(minutes{10} + seconds{1});
    expect_error(tv.poll(), "expired_token");
}

// §3.5: five seconds more for this and every poll that follows.
TEST_F(DeviceGrant, WhoPollsTooSoonIsSlowedDown) {
    tv.ask();
    expect_error(tv.poll(), "authorization_pending");
    servers.advance(seconds{4});
    const Answer early = tv.poll();
    expect_error(early, "slow_down");
    EXPECT_EQ(early.field("Retry-After"), "10");
    servers.advance(seconds{9});
    const Answer again = tv.poll();
    expect_error(again, "slow_down");
    EXPECT_EQ(again.field("Retry-After"), "15");
    servers.advance(seconds{15});
    expect_error(tv.poll(), "authorization_pending");
}

TEST_F(DeviceGrant, WhoPollsTooSoonIsToldSoEvenAfterTheApproval) {
    tv.ask();
    expect_error(tv.poll(), "authorization_pending");
    browser.decide(tv.user_code, "allow");
    expect_error(tv.poll(), "slow_down");
    servers.advance(seconds{10});
    EXPECT_EQ(tv.poll().status(), 200);
}

TEST_F(DeviceGrant, AClockThatGoesBackSlowsNobodyDown) {
    tv.ask();
    expect_error(tv.poll(), "authorization_pending");
    servers.advance(seconds{5});
    servers.clock.jump_wall(-std::chrono::hours{1});
    expect_error(tv.poll(), "authorization_pending");
}

// §3.4: the code is of the client that it was issued to.
TEST_F(DeviceGrant, ACodeIsWorthNothingToAnotherClient) {
    tv.ask();
    browser.decide(tv.user_code, "allow");
    Parameters stolen = tv.poll_request();
    stolen["client_id"] = "radio";
    expect_error(client.token(stolen), "invalid_grant");
    EXPECT_EQ(tv.poll().status(), 200) << "and its owner is not slowed down";
}

TEST_F(DeviceGrant, WrongCodesAndOtherResourcesGetNothing) {
    tv.ask({{"resource", std::string(mcp)}});
    browser.decide(tv.user_code, "allow");
    Parameters request = tv.poll_request();
    request["device_code"] = std::string(64, 'a');
    expect_error(client.token(request), "invalid_grant");
    request["device_code"] = tv.user_code;
    expect_error(client.token(request), "invalid_grant");
    request.erase("device_code");
    expect_error(client.token(request), "invalid_request");
    request = tv.poll_request();
    request["resource"] = "https://elsewhere.example/mcp";
    expect_error(client.token(request), "invalid_target");
}

TEST_F(DeviceGrant, AClientThatMayNotUseItIsRefused) {
    Parameters request = tv.poll_request();
    request["client_id"] = "pub";
    request["device_code"] = std::string(64, 'a');
    expect_error(client.token(request), "unauthorized_client");
}

// §3.3
TEST_F(DeviceGrant, TheCodeMayBeTypedInAnyWay) {
    tv.ask();
    std::string typed = tv.user_code;
    typed.erase(4, 1);
    for (char& c : typed) c = static_cast<char>(c + 32);
    const Answer answer = browser.type(" " + typed + "\n");
    EXPECT_EQ(answer.status(), 303);
    EXPECT_EQ(answer.field("Location"), "/device?code=" + tv.user_code);
}

// §3.3.1, §5.4
TEST_F(DeviceGrant, EvenTheCompleteLinkIsConfirmedAndShowsWhoAsksForWhat) {
    tv.ask({{"scope", "mcp:write"}, {"resource", std::string(mcp)}});
    browser.decide(tv.user_code, "deny");
    tv.ask({{"scope", "mcp:write"}, {"resource", std::string(mcp)}});
    const Answer page = browser.get(tv.user_code);
    EXPECT_EQ(page.status(), 200);
    for (const std::string_view text :
         {std::string_view("Television"), std::string_view("Create, change and delete notes"), mcp,
          std::string_view("198.51.100.7"), std::string_view("Television/1.0"),
          std::string_view(tv.user_code), std::string_view("Alice Liddell")}) {
        EXPECT_TRUE(page.body().contains(text)) << text;
    }
    EXPECT_TRUE(page.field("Content-Security-Policy").contains("frame-ancestors 'none'"));
    expect_error(tv.poll(), "authorization_pending");
}

TEST_F(DeviceGrant, OneDecisionStands) {
    tv.ask();
    DeviceBrowser other(servers, 2);
    const Answer first = browser.walk_to_consent(tv.user_code);
    const Answer second = other.walk_to_consent(tv.user_code, "bob");
    EXPECT_EQ(browser.submit(first, tv.user_code, {{"action", "deny"}}).status(), 200);
    EXPECT_EQ(other.submit(second, tv.user_code, {{"action", "allow"}}).status(), 400);
    expect_error(tv.poll(), "access_denied");
}

// §5.1
TEST_F(DeviceGrant, WhoGuessesCodesIsRefused) {
    tv.ask();
    browser.address = "203.0.113.9";
    int refused = 0;
    for (int i = 0; i < 15; ++i) {
        const Answer answer = browser.get("BBBB-BBBB");
        if (answer.status() == 429) ++refused;
        EXPECT_TRUE(answer.status() == 400 || answer.status() == 429) << answer.status();
    }
    EXPECT_GE(refused, 4);
    EXPECT_EQ(browser.get(tv.user_code).status(), 429) << "a right guess, too";
    browser.address = "203.0.113.10";
    EXPECT_EQ(browser.get(tv.user_code).status(), 200);
}

TEST_F(DeviceGrant, RightCodesAreNoGuesses) {
    for (int i = 0; i < 30; ++i) {
        tv.ask();
        EXPECT_EQ(browser.get(tv.user_code).status(), 200) << i;
    }
}

TEST_F(DeviceGrant, AFormOfAnotherBrowserOrCodeDecidesNothing) {
    tv.ask();
    const Answer page = browser.walk_to_consent(tv.user_code);
    DeviceBrowser other(servers);
    other.walk_to_consent(tv.user_code, "bob");
    EXPECT_EQ(other.submit(page, tv.user_code, {{"action", "allow"}}).status(), 400);
    EXPECT_EQ(browser.post(tv.user_code, {{"action", "allow"}}).status(), 400);
    const std::string first = tv.user_code;
    tv.ask();
    EXPECT_EQ(browser.submit(page, tv.user_code, {{"action", "allow"}}).status(), 400);
    expect_error(tv.poll(), "authorization_pending");
    EXPECT_EQ(browser.submit(page, first, {{"action", "allow"}}).status(), 200);
}

// RFC 7591: a client without redirect URIs.
TEST_F(DeviceGrant, APublicClientMayRegisterForItByEitherName) {
    for (const std::string_view name : {device_grant, std::string_view("device_code")}) {
        const Answer answer = servers.call(
            "register",
            json_post("/register",
                      R"({"client_name":"App","grant_types":[")" + std::string(name) +
                          R"(","refresh_token"],"token_endpoint_auth_method":"none"})"));
        EXPECT_EQ(answer.status(), 201) << answer.body();
        EXPECT_TRUE(answer.json("grant_types").contains(device_grant)) << answer.body();
        Device app(servers, answer.json("client_id"));
        EXPECT_EQ(app.ask().status(), 200);
        DeviceBrowser person(servers);
        const Answer page = person.walk_to_consent(app.user_code);
        EXPECT_TRUE(page.body().contains("unverified"));
        person.submit(page, app.user_code, {{"action", "allow"}});
        EXPECT_EQ(app.poll().status(), 200);
    }
}

// §4, and the other way round: what is off is told nowhere.
TEST(DeviceMetadata, TellsOfTheGrantWhereItIsOn) {
    Servers on(device_settings());
    const Sent sent{http::Method::get, "/.well-known/oauth-authorization-server"};
    Answer answer = on.call("metadata", sent);
    EXPECT_EQ(answer.json("device_authorization_endpoint"),
              "https://as.example/device_authorization");
    EXPECT_TRUE(answer.json("grant_types_supported").contains(device_grant));

    oauth::Settings settings = device_settings();
    settings.device.enabled = false;
    Servers off(settings);
    answer = off.call("metadata", sent);
    EXPECT_FALSE(answer.body().contains("device"));
    for (const oauth::Route& route : oauth::routes(settings)) {
        EXPECT_FALSE(route.path.contains("device")) << route.path;
    }
    const Answer refused = TokenClient(off).token(Device(off).poll_request());
    EXPECT_EQ(refused.error(), "unsupported_grant_type");
}

}  // namespace
}  // namespace sluice::oauth_test
