#include "oauth/grants/resource_policy.h"

#include <gtest/gtest.h>

namespace sluice::oauth {
namespace {

Settings settings_naming(std::initializer_list<std::string_view> resources) {
    Settings settings;
    for (const std::string_view resource : resources) {
        settings.resources.push_back({*token::ResourceIdentifier::parse(resource), "Notes"});
    }
    return settings;
}

TEST(ResourcePolicy, GrantsANamedResourceInWhateverSpelling) {
    const Settings settings = settings_naming({"https://a.example/mcp"});
    EXPECT_EQ(resource_to_grant("https://A.example/mcp/", settings), "https://a.example/mcp");
    EXPECT_EQ(resource_to_grant("https://b.example/mcp", settings).error().code,
              ErrorCode::invalid_target);
}

TEST(ResourcePolicy, TakesTheFirstResourceWhereNoneIsAsked) {
    EXPECT_EQ(resource_to_grant(std::nullopt, settings_naming({"https://a.example/mcp"})),
              "https://a.example/mcp");
    EXPECT_EQ(resource_to_grant(std::nullopt, settings_naming({"https://a.example/mcp",
                                                               "https://b.example/mcp"})),
              "https://a.example/mcp");
    EXPECT_EQ(resource_to_grant(std::nullopt, settings_naming({})), "");
}

TEST(ResourcePolicy, GrantsAnyResourceWhereTheServerNamesNone) {
    const Settings settings = settings_naming({});
    EXPECT_EQ(resource_to_grant("https://anywhere.example/mcp/", settings),
              "https://anywhere.example/mcp");
    EXPECT_EQ(resource_to_grant("no url", settings).error().code, ErrorCode::invalid_target);
}

TEST(ResourcePolicy, KeepsATokenToTheResourceOfItsGrant) {
    constexpr std::string_view granted = "https://a.example/mcp";
    EXPECT_EQ(resource_of_token(std::nullopt, granted), granted);
    EXPECT_EQ(resource_of_token("https://A.example:443/mcp/", granted), granted);
    EXPECT_EQ(resource_of_token("https://b.example/mcp", granted).error().code,
              ErrorCode::invalid_target);
}

TEST(ResourcePolicy, AGrantForNoneInParticularIsForNoOtherLater) {
    EXPECT_EQ(resource_of_token(std::nullopt, ""), "");
    EXPECT_EQ(resource_of_token("https://a.example/mcp", "").error().code,
              ErrorCode::invalid_target);
}

TEST(ResourcePolicy, OneResourceMayStandSeveralTimes) {
    const auto asked = [](std::string_view text) {
        http::Form form;
        EXPECT_TRUE(form.parse(text));
        const auto resource = asked_resource(form);
        return resource ? std::string(resource->value_or("none"))
                        : std::string(to_text(resource.error().code));
    };
    EXPECT_EQ(asked("a=b"), "none");
    EXPECT_EQ(asked("resource=&resource=https://a.example/mcp"), "https://a.example/mcp");
    EXPECT_EQ(asked("resource=https://a.example/mcp&resource=https://A.example/mcp/"),
              "https://a.example/mcp");
    EXPECT_EQ(asked("resource=https://a.example/mcp&resource=https://b.example/mcp"),
              "invalid_target");
    EXPECT_EQ(asked("resource=https://a.example/mcp&resource=x"), "invalid_target");
}

}  // namespace
}  // namespace sluice::oauth
