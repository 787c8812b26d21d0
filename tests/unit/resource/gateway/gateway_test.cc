// The gateway as its clients see it: discovery, tokens, scopes, tools, and what goes upstream.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

constexpr std::string_view three_tools =
    R"({"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"read_note"},{"name":"delete_note"},)"
    R"({"name":"list_notes"}]}})";

JsonDocument json(const Answer& answer) {
    auto document = JsonDocument::parse(answer.body);
    EXPECT_TRUE(document.has_value()) << answer.body;
    return document ? *std::move(document) : JsonDocument::parse("{}").value();
}

TEST(Gateway, PassesACallOnWithoutTheTokenAndSaysWhoCalls) {
    World world;
    const Answer answer = world.answer_to({.body = tool_call("read_note"),
                                           .fields = {{"Accept", "application/json"},
                                                      {"Mcp-Session-Id", session_of("s1")},
                                                      {"X-Sluice-Subject", "mallory"}}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("content-type"), "application/json");
    EXPECT_EQ(answer.body, R"({"jsonrpc":"2.0","id":1,"result":{"content":[]}})");
    ASSERT_EQ(world.upstream.seen.size(), 1U);
    const FakeUpstream::Seen& seen = world.upstream.seen.front();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.target, "/mcp");
    EXPECT_EQ(seen.body, tool_call("read_note"));
    EXPECT_TRUE(has(seen.fields, "host: 127.0.0.1:9000\n"));
    EXPECT_TRUE(has(seen.fields, "mcp-session-id: s1\n"));
    EXPECT_TRUE(has(seen.fields, "x-sluice-subject: alice\n"));
    EXPECT_TRUE(has(seen.fields, "x-sluice-scopes: mcp:read\n"));
    EXPECT_FALSE(has(seen.fields, "authorization"));
    EXPECT_FALSE(has(seen.fields, "mallory"));
}

TEST(Gateway, AsksForATokenWithAChallengeWithoutError) {
    World world;
    const Answer answer = world.answer_to({.body = tool_call("read_note"), .token = ""});
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.field("www-authenticate"),
              "Bearer resource_metadata=\"https://box.example/.well-known/"
              "oauth-protected-resource/mcp\", scope=\"mcp:read\"");
    EXPECT_EQ(answer.field("cache-control"), "no-store");
    EXPECT_TRUE(world.upstream.seen.empty());
    EXPECT_EQ(json(answer).root().find("error")->find("data")->find_string("error"),
              "unauthorized");
}

TEST(Gateway, ABareGetMeetsTheSameChallenge) {
    World world;
    const Answer answer =
        world.answer_to({.fields = {{"Accept", "*/*"}, {"MCP-Protocol-Version", "2024-11-05"}},
                         .token = "",
                         .method = http::Method::get});
    EXPECT_EQ(answer.status, 401);
    EXPECT_TRUE(answer.field("www-authenticate").starts_with("Bearer resource_metadata="));
}

TEST(Gateway, RefusesATokenThatIsNotActiveOrNotForThisResource) {
    for (const std::string token : {"nonsense", "other"}) {
        World world;
        const Answer answer = world.answer_to({.body = tool_call("read_note"), .token = token});
        EXPECT_EQ(answer.status, 401) << token;
        EXPECT_TRUE(answer.field("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
        EXPECT_TRUE(has(answer.field("www-authenticate"), "resource_metadata="));
        EXPECT_TRUE(world.upstream.seen.empty());
    }
}

TEST(Gateway, SaysThatItCannotVerifyInsteadOfBlamingTheToken) {
    World world;
    const Answer answer = world.answer_to({.body = tool_call("read_note"), .token = "broken"});
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("retry-after"), "3");
    EXPECT_EQ(answer.field("www-authenticate"), "");
    EXPECT_TRUE(world.upstream.seen.empty());
}

TEST(Gateway, RefusesTwoAuthorizationFields) {
    World world;
    const Answer answer = world.answer_to(
        {.body = tool_call("read_note"), .fields = {{"Authorization", "Bearer writer"}}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_TRUE(world.upstream.seen.empty());
}

TEST(Gateway, IgnoresATokenInTheQuery) {
    World world;
    const Answer answer = world.answer_to(
        {.body = tool_call("read_note"), .token = "", .path = "/mcp?access_token=reader"});
    EXPECT_EQ(answer.status, 401);
}

TEST(Gateway, EveryRequestNeedsTheRequiredScopes) {
    World world;
    const Answer answer = world.answer_to({.body = rpc("ping", "{}"), .token = "useless"});
    EXPECT_EQ(answer.status, 403);
    EXPECT_TRUE(has(answer.field("www-authenticate"), "error=\"insufficient_scope\""));
    EXPECT_TRUE(has(answer.field("www-authenticate"), "scope=\"openid mcp:read\""));
    EXPECT_TRUE(world.upstream.seen.empty());
}

TEST(Gateway, AToolThatNeedsMoreAsksForAllThatIsGrantedAndNeeded) {
    World world;
    const Answer denied = world.answer_to({.body = tool_call("delete_note", "\"a\"")});
    EXPECT_EQ(denied.status, 403);
    EXPECT_TRUE(
        denied.field("www-authenticate").starts_with("Bearer error=\"insufficient_scope\""));
    EXPECT_TRUE(has(denied.field("www-authenticate"), "scope=\"mcp:read mcp:write\""));
    EXPECT_TRUE(has(denied.body, "mcp/www_authenticate"));
    EXPECT_EQ(json(denied).root().find_string("id"), "a");
    EXPECT_TRUE(has(*json(denied).root().find("error")->find_string("message"), "mcp:write"));
    EXPECT_TRUE(world.upstream.seen.empty());
    EXPECT_EQ(world.report.refusals,
              std::vector<std::string>{"403 insufficient_scope delete_note"});

    World other;
    EXPECT_EQ(other.answer_to({.body = tool_call("delete_note"), .token = "writer"}).status, 200);
    EXPECT_EQ(other.upstream.seen.size(), 1U);
}

TEST(Gateway, OneDeniedCallRefusesItsWholeBatch) {
    World world;
    const std::string batch =
        "[" + tool_call("read_note", "1") + "," + tool_call("delete_note", "2") + "]";
    const Answer answer = world.answer_to({.body = batch});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(json(answer).root().elements().size(), 2U);
    EXPECT_TRUE(world.upstream.seen.empty());
}

TEST(Gateway, ShowsInAListWhatTheTokenMayCall) {
    World world;
    world.upstream.answer = FakeUpstream::fixed(200, "application/json", std::string(three_tools));
    const Answer answer = world.answer_to({.body = rpc("tools/list", "{}")});
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(has(answer.body, "read_note"));
    EXPECT_TRUE(has(answer.body, "list_notes"));
    EXPECT_FALSE(has(answer.body, "delete_note"));
    EXPECT_EQ(world.report.lists, std::vector<std::string>{"2 of 3"});

    World other;
    other.upstream.answer = FakeUpstream::fixed(200, "application/json", std::string(three_tools));
    EXPECT_EQ(other.answer_to({.body = rpc("tools/list", "{}"), .token = "writer"}).body,
              three_tools);
}

TEST(Gateway, ShowsTheSameInAListThatComesAsEvents) {
    World world;
    world.upstream.answer = FakeUpstream::fixed(
        200, "text/event-stream", fmt::format("id: 7\nevent: message\ndata: {}\n\n", three_tools));
    const Answer answer = world.answer_to({.body = rpc("tools/list", "{}")});
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.complete);
    EXPECT_TRUE(has(answer.body, "id: 7\n"));
    EXPECT_TRUE(has(answer.body, "read_note"));
    EXPECT_FALSE(has(answer.body, "delete_note"));
}

TEST(Gateway, AListThatItCannotReadIsNotPassedOn) {
    const Fields gzip = {{"Content-Encoding", "gzip"}};
    for (const auto& answer :
         {FakeUpstream::fixed(200, "application/json", "{\"result\":{\"tools\":["),
          FakeUpstream::fixed(200, "text/plain", std::string(three_tools)),
          FakeUpstream::fixed(200, "application/json", "...", gzip)}) {
        World world;
        world.upstream.answer = answer;
        const Answer got = world.answer_to({.body = rpc("tools/list", "{}", "5")});
        EXPECT_EQ(got.status, 502);
        EXPECT_EQ(json(got).root().find("id")->integer(), 5);
    }
}

TEST(Gateway, RefusesBodiesThatAreNoMessageAndHeadersThatDisagree) {
    World world;
    const Answer malformed = world.answer_to({.body = "{"});
    EXPECT_EQ(malformed.status, 400);
    EXPECT_EQ(json(malformed).root().find("error")->find("code")->integer(), -32700);

    World second;
    const Answer mismatch = second.answer_to({.body = tool_call("read_note", "9"),
                                              .fields = {{"MCP-Protocol-Version", "2026-07-28"},
                                                         {"Mcp-Method", "tools/call"},
                                                         {"Mcp-Name", "delete_note"}}});
    EXPECT_EQ(mismatch.status, 400);
    EXPECT_EQ(json(mismatch).root().find("error")->find("code")->integer(), -32020);
    EXPECT_EQ(json(mismatch).root().find("id")->integer(), 9);
    EXPECT_TRUE(second.upstream.seen.empty());
}

TEST(Gateway, TakesJsonOnlyAndOnlyAsItIs) {
    for (const Fields& fields : {Fields{{"Content-Encoding", "gzip"}}}) {
        World world;
        EXPECT_EQ(world.answer_to({.body = tool_call("read_note"), .fields = fields}).status, 415);
        EXPECT_TRUE(world.upstream.seen.empty());
    }
}

TEST(Gateway, ANotificationIsPassedOnAndItsAcceptancePassedBack) {
    World world;
    world.upstream.answer = FakeUpstream::fixed(202, "", "");
    const Answer answer =
        world.answer_to({.body = R"({"jsonrpc":"2.0","method":"notifications/initialized"})"});
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "");
}

TEST(Gateway, WhatTheUpstreamSaysOfSessionsAndErrorsReachesTheClient) {
    World world;
    world.upstream.answer = FakeUpstream::fixed(404, "application/json", R"({"error":"session"})",
                                                {{"Mcp-Session-Id", "s2"}});
    const Answer answer = world.answer_to({.body = rpc("ping", "{}")});
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, R"({"error":"session"})");
    EXPECT_EQ(upstream_session_of(answer.field("mcp-session-id")), "s2");
}

TEST(Gateway, AnUpstreamThatWantsCredentialsOrSendsAwayIsABadGateway) {
    const Fields challenge = {{"WWW-Authenticate", "Bearer realm=\"elsewhere\""}};
    const Fields proxy = {{"Proxy-Authenticate", "Basic realm=\"elsewhere\""}};
    const Fields away = {{"Location", "http://127.0.0.1:9000/elsewhere"}};
    for (const auto& answer : {FakeUpstream::fixed(401, "application/json", "{}", challenge),
                               FakeUpstream::fixed(407, "application/json", "{}", proxy),
                               FakeUpstream::fixed(300, "application/json", "{}"),
                               FakeUpstream::fixed(399, "application/json", "{}"),
                               FakeUpstream::fixed(307, "", "", away)}) {
        World world;
        world.upstream.answer = answer;
        const Answer got = world.answer_to({.body = rpc("ping", "{}")});
        EXPECT_EQ(got.status, 502);
        EXPECT_EQ(got.field("www-authenticate"), "");
        EXPECT_EQ(got.field("proxy-authenticate"), "");
        EXPECT_EQ(got.field("location"), "");
    }
}

}  // namespace
}  // namespace sluice::resource
