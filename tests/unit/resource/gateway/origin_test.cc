// Origins and CORS.
#include "resource/gateway/origin.h"

#include <gtest/gtest.h>

#include "http/request_builder.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

Settings settings_with(std::vector<std::string> origins) {
    Settings settings;
    settings.allowed_origins = std::move(origins);
    settings.own_origin = "https://box.example";
    return settings;
}

bool allows(const Settings& settings, std::string_view origin) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    post.field("Origin", origin);
    return OriginRule(settings).allows(post.request());
}

TEST(Origin, OnlyNamedOnesAndTheBoxItselfAreAllowed) {
    const Settings settings = settings_with({"http://localhost:6274"});
    EXPECT_TRUE(allows(settings, "http://localhost:6274"));
    EXPECT_TRUE(allows(settings, "https://box.example"));
    for (const std::string_view origin :
         {"http://localhost:6275", "https://localhost:6274", "https://box.example.evil", "null",
          "https://evil", "", "https://box.example/"}) {
        EXPECT_FALSE(allows(settings, origin)) << origin;
    }
}

TEST(Origin, ARequestWithoutOneComesFromNoPage) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    EXPECT_TRUE(OriginRule(settings_with({})).allows(post.request()));
}

TEST(Origin, TwoAreRefused) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    post.field("Origin", "https://box.example").field("Origin", "https://box.example");
    EXPECT_FALSE(OriginRule(settings_with({"*"})).allows(post.request()));
}

TEST(Origin, AStarAllowsAny) {
    EXPECT_TRUE(allows(settings_with({"*"}), "https://anything.example"));
}

TEST(Cors, PreflightAllowsWhatMcpClientsSend) {
    http::RequestBuilder options(http::Method::options, "/mcp");
    options.field("Origin", "https://app.example")
        .field("Access-Control-Request-Method", "POST")
        .field("Access-Control-Request-Headers",
               "authorization, mcp-param-region,x-evil, Mcp-Bad Name");
    http::Response response;
    answer_preflight(options.request(), response);
    EXPECT_EQ(response.status(), http::Status::no_content);
    EXPECT_EQ(response.field("Access-Control-Allow-Origin"), "https://app.example");
    const std::string fields(*response.field("Access-Control-Allow-Headers"));
    for (const std::string_view name :
         {"Authorization", "MCP-Protocol-Version", "Mcp-Session-Id", "Last-Event-ID", "Mcp-Method",
          "Mcp-Name", "Sluice-Justification", "mcp-param-region"}) {
        EXPECT_TRUE(has(fields, name));
    }
    EXPECT_FALSE(has(fields, "x-evil"));
    EXPECT_FALSE(has(fields, "Bad"));
    EXPECT_EQ(response.field("Vary"), "Origin");
}

TEST(Cors, ExposesWhatAClientMustReadOfARefusal) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    post.field("Origin", "https://app.example");
    http::Response response;
    add_cors_fields(post.request(), response);
    const std::string exposed(*response.field("Access-Control-Expose-Headers"));
    for (const std::string_view name :
         {"WWW-Authenticate", "Mcp-Session-Id", "Retry-After", "MCP-Protocol-Version"}) {
        EXPECT_TRUE(has(exposed, name));
    }
    EXPECT_FALSE(response.field("Access-Control-Allow-Credentials"));
}

TEST(Cors, SaysNothingToWhomDidNotAsk) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    http::Response response;
    add_cors_fields(post.request(), response);
    EXPECT_EQ(response.fields().http1_text(), "");
}

}  // namespace
}  // namespace sluice::resource
