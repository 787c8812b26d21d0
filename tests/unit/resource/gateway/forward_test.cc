// Which fields cross the gateway.
#include "resource/gateway/forward.h"

#include <gtest/gtest.h>

#include "base/ascii.h"
#include "http/request_builder.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

std::string sent(http::RequestBuilder& client, const token::TokenInfo& caller,
                 std::string_view session_id = "") {
    http::OutgoingRequest upstream;
    fill_upstream_request(upstream, client.request(), "/mcp?x=1", caller,
                          {.session_id = session_id}, "{}");
    EXPECT_EQ(upstream.target(), "/mcp?x=1");
    return to_lower(upstream.fields().http1_text());
}

TEST(Forward, PassesWhatBelongsToMcp) {
    http::RequestBuilder client(http::Method::post, "/mcp");
    client.field("Accept", "application/json, text/event-stream")
        .field("Mcp-Session-Id", "sealed")
        .field("MCP-Protocol-Version", "2025-11-25")
        .field("Mcp-Param-Region", "eu")
        .field("Last-Event-ID", "7")
        .field("User-Agent", "test")
        .field("X-Custom", "kept");
    const std::string fields = sent(client, token_of_alice("mcp:read"), "s1");
    EXPECT_FALSE(has(fields, "sealed"));
    EXPECT_FALSE(has(sent(client, token_of_alice("mcp:read")), "mcp-session-id"));
    for (const std::string_view line :
         {"accept: application/json, text/event-stream\r\n", "mcp-session-id: s1\r\n",
          "mcp-protocol-version: 2025-11-25\r\n", "mcp-param-region: eu\r\n",
          "last-event-id: 7\r\n", "x-custom: kept\r\n", "content-type: application/json\r\n"}) {
        EXPECT_TRUE(has(fields, line));
    }
}

TEST(Forward, InventsNoAccept) {
    http::RequestBuilder client(http::Method::post, "/mcp");
    EXPECT_FALSE(has(sent(client, token_of_alice("mcp:read")), "accept"));
}

TEST(Forward, DropsCredentialsAndWhatPosesAsAProxyOrAsSluice) {
    for (const std::string_view name : {"Authorization",
                                        "Cookie",
                                        "DPoP",
                                        "Proxy-Authorization",
                                        "Host",
                                        "Origin",
                                        "Forwarded",
                                        "X-Forwarded-For",
                                        "X-Forwarded-Host",
                                        "X-Forwarded-User",
                                        "X-Original-URL",
                                        "X-Rewrite-URL",
                                        "X-Sluice-Subject",
                                        "x-sluice-admin",
                                        "X_Sluice_Subject",
                                        "X-HTTP-Method-Override",
                                        "Connection",
                                        "Keep-Alive",
                                        "TE",
                                        "Trailer",
                                        "Upgrade",
                                        "Transfer-Encoding",
                                        "Expect",
                                        "Accept-Encoding",
                                        "Content-Length",
                                        "X-Real-IP",
                                        "X-User",
                                        "X-User-Id",
                                        "X-User-Email",
                                        "X-Email",
                                        "X-Roles",
                                        "X-Groups",
                                        "X-WebAuth-User",
                                        "X-Consumer-Username",
                                        "Tailscale-User-Login",
                                        "X-SSL-Client-Verify",
                                        "Client-Cert",
                                        "Client-Cert-Chain",
                                        "X-Forwarded",
                                        "X-Cluster-Client-IP",
                                        "Fly-Client-IP",
                                        "True-Client-IP",
                                        "CF-Connecting-IP",
                                        "X-Authorization",
                                        "X-Access-Token",
                                        "X-Auth-Request-Email",
                                        "X-Remote-User",
                                        "x_remote_user",
                                        "Remote-User",
                                        "Remote_User"}) {
        http::RequestBuilder client(http::Method::post, "/mcp");
        client.field(name, "canary").field("X-Custom", "kept");
        const std::string fields = sent(client, token_of_alice("mcp:read"));
        EXPECT_FALSE(has(fields, "canary")) << name;
        EXPECT_TRUE(has(fields, "x-custom: kept")) << name;
    }
}

TEST(Forward, DropsFieldsThatConnectionNames) {
    http::RequestBuilder client(http::Method::post, "/mcp");
    client.field("Connection", "close, X-Hop-Secret , X-Sluice-Subject")
        .field("Connection", "X-Second,Mcp-Name,Accept")
        .field("X-Hop-Secret", "canary")
        .field("X-Second", "canary")
        .field("X-Third", "kept")
        .field("Mcp-Name", "tool")
        .field("Accept", "application/json");
    const std::string fields = sent(client, token_of_alice("mcp:read"));
    EXPECT_FALSE(has(fields, "canary"));
    EXPECT_TRUE(has(fields, "x-third: kept"));
    EXPECT_TRUE(has(fields, "mcp-name: tool"));
    EXPECT_TRUE(has(fields, "accept: application/json"));
    EXPECT_TRUE(has(fields, "x-sluice-subject: alice\r\n"));
}

TEST(Forward, KeepsFieldsThatOnlyLookLikePrivateOnes) {
    http::RequestBuilder client(http::Method::post, "/mcp");
    for (const std::string_view name :
         {"X-User-Agent-Hint", "X-Rolesets", "X-Group", "Client-Name"}) {
        client.field(name, "kept");
    }
    const std::string fields = sent(client, token_of_alice("mcp:read"));
    for (const std::string_view line :
         {"x-user-agent-hint: kept", "x-rolesets: kept", "x-group: kept", "client-name: kept"}) {
        EXPECT_TRUE(has(fields, line));
    }
}

TEST(Forward, LooksAtAFewConnectionOptionsOnly) {
    std::string options = "X-First";
    for (int i = 0; i < 31; ++i) options += ", X-Other";
    http::RequestBuilder client(http::Method::post, "/mcp");
    client.field("Connection", options + ", X-Late")
        .field("X-First", "canary")
        .field("X-Late", "kept");
    const std::string fields = sent(client, token_of_alice("mcp:read"));
    EXPECT_FALSE(has(fields, "canary"));
    EXPECT_TRUE(has(fields, "x-late: kept"));
}

TEST(Forward, TellsTheUpstreamWhoCalls) {
    http::RequestBuilder client(http::Method::get, "/mcp");
    client.field("X-Sluice-Client", "forged");
    const std::string fields = sent(client, token_of_alice("mcp:read mcp:write"));
    EXPECT_TRUE(has(fields, "x-sluice-subject: alice\r\n"));
    EXPECT_TRUE(has(fields, "x-sluice-client: pub\r\n"));
    EXPECT_TRUE(has(fields, "x-sluice-scopes: mcp:read mcp:write\r\n"));
    EXPECT_FALSE(has(fields, "forged"));
    EXPECT_FALSE(has(fields, "content-type"));
}

TEST(Forward, IdentitiesCannotBreakOutOfTheirField) {
    EXPECT_EQ(header_safe("alice@example.com"), "alice@example.com");
    EXPECT_EQ(header_safe("a\r\nX: y%"), "a%0D%0AX:%20y%25");
    EXPECT_EQ(header_safe("ä"), "%C3%A4");
}

TEST(Forward, ANameThatIsMissingIsLeftOut) {
    http::RequestBuilder client(http::Method::get, "/mcp");
    token::TokenInfo machine = token_of_alice("mcp:read");
    machine.subject.clear();
    EXPECT_FALSE(has(sent(client, machine), "x-sluice-subject"));
}

TEST(Forward, KeepsFromTheClientWhatAnUpstreamMustNotSay) {
    const http::Field fields[] = {{"Content-Type", "application/json"},
                                  {"Mcp-Session-Id", "canary"},
                                  {"Retry-After", "3"},
                                  {"X-Custom", "kept"},
                                  {"Cache-Control", "no-cache"},
                                  {"Connection", "X-Hop"},
                                  {"X-Hop", "canary"},
                                  {"Set_Cookie", "canary"},
                                  {"WWW-Authenticate", "canary"},
                                  {"Set-Cookie", "canary"},
                                  {"Location", "canary"},
                                  {"Access-Control-Allow-Origin", "canary"},
                                  {"Transfer-Encoding", "canary"},
                                  {"Content-Length", "canary"},
                                  {"Date", "canary"},
                                  {"Alt-Svc", "canary"}};
    http::Response response;
    copy_answer_fields(response, fields);
    EXPECT_EQ(response.fields().http1_text(),
              "Content-Type: application/json\r\nRetry-After: 3\r\n"
              "X-Custom: kept\r\nCache-Control: no-cache\r\n");
}

}  // namespace
}  // namespace sluice::resource
