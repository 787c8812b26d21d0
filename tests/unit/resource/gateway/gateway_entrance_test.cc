// The gateway's entrance: discovery, browsers, methods, and what needs no token.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

TEST(GatewayEntrance, AResourceElsewhereIsDescribedButNotServed) {
    World world;
    ResourceSettings elsewhere = notes();
    elsewhere.path = "/tools";
    elsewhere.identifier = token::ResourceIdentifier::parse("https://t.example/far").value();
    elsewhere.upstream.clear();
    world.settings.resources.push_back(elsewhere);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        EXPECT_EQ((co_await world.ask(shard, {.body = tool_call("x"), .path = "/tools"})).status,
                  404);
        const Answer document = co_await world.ask(
            shard,
            {.method = http::Method::get, .path = "/.well-known/oauth-protected-resource/far"});
        EXPECT_TRUE(has(document.body, R"("resource":"https://t.example/far")"));
    });
}

TEST(GatewayEntrance, DescribesItsResourcesAtBothPlaces) {
    for (const std::string path :
         {"/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource",
          "/.well-known/oauth-protected-resource/mcp/"}) {
        World world;
        const Answer answer =
            world.answer_to({.token = "", .method = http::Method::get, .path = path});
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.field("access-control-allow-origin"), "*");
        EXPECT_EQ(JsonDocument::parse(answer.body).value().root().find_string("resource"),
                  "https://box.example/mcp");
    }
    World world;
    EXPECT_EQ(world
                  .answer_to({.token = "",
                              .method = http::Method::get,
                              .path = "/.well-known/oauth-protected-resource/else"})
                  .status,
              404);
}

TEST(GatewayEntrance, ASlashBehindTheResourceMakesNoDifference) {
    World world;
    EXPECT_EQ(world.answer_to({.body = tool_call("read_note"), .path = "/mcp/"}).status, 200);
    EXPECT_EQ(world.upstream.seen.front().target, "/mcp");
}

TEST(GatewayEntrance, BrowsersOfForeignOriginsAreRefusedBeforeAnythingElse) {
    World world;
    const Answer answer = world.answer_to(
        {.body = tool_call("read_note"), .fields = {{"Origin", "https://evil.example"}}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.field("www-authenticate"), "");
    EXPECT_EQ(answer.field("access-control-allow-origin"), "");
    EXPECT_TRUE(world.upstream.seen.empty());
}

TEST(GatewayEntrance, BrowsersOfAllowedOriginsCanReadTheChallenge) {
    World world;
    world.settings.allowed_origins = {"https://app.example"};
    const Answer answer = world.answer_to({.body = tool_call("read_note"),
                                           .fields = {{"Origin", "https://app.example"}},
                                           .token = ""});
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.field("access-control-allow-origin"), "https://app.example");
    EXPECT_TRUE(has(answer.field("access-control-expose-headers"), "WWW-Authenticate"));
}

TEST(GatewayEntrance, APreflightNeedsNoToken) {
    World world;
    world.settings.allowed_origins = {"https://app.example"};
    const Answer answer = world.answer_to(
        {.fields = {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "POST"}},
         .token = "",
         .method = http::Method::options});
    EXPECT_EQ(answer.status, 204);
    EXPECT_TRUE(has(answer.field("access-control-allow-headers"), "Authorization"));
    EXPECT_TRUE(world.upstream.seen.empty());
}

TEST(GatewayEntrance, OtherMethodsAreNotAllowed) {
    World world;
    const Answer answer = world.answer_to({.method = http::Method::put});
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("allow"), "GET, POST, DELETE, OPTIONS");
    EXPECT_TRUE(has(answer.body, R"("error":"invalid_request")"));
}

TEST(GatewayEntrance, SessionsEndWithDeleteInTheOlderEraOnly) {
    World world;
    world.upstream.answer = FakeUpstream::fixed(204, "", "");
    EXPECT_EQ(world
                  .answer_to({.fields = {{"Mcp-Session-Id", session_of("s1")},
                                         {"MCP-Protocol-Version", "2025-11-25"}},
                              .method = http::Method::delete_})
                  .status,
              204);
    ASSERT_EQ(world.upstream.seen.size(), 1U);
    EXPECT_EQ(world.upstream.seen.front().method, "DELETE");

    World modern;
    const Answer answer = modern.answer_to(
        {.fields = {{"MCP-Protocol-Version", "2026-07-28"}}, .method = http::Method::delete_});
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("allow"), "POST, OPTIONS");
    EXPECT_TRUE(modern.upstream.seen.empty());
}

}  // namespace
}  // namespace sluice::resource
