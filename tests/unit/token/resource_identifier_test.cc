// Resource identifiers: one canonical form for the spellings that clients mix (RFC 8707).
#include "token/resource_identifier.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::token {
namespace {

std::string canonical(std::string_view text) {
    const auto identifier = ResourceIdentifier::parse(text);
    return identifier ? std::string(identifier->text()) : "refused";
}

TEST(ResourceIdentifier, GivesOneFormToTheSpellingsOfAResource) {
    for (const std::string_view text : {"https://api.example/mcp", "https://api.example/mcp/",
                                        "HTTPS://API.example/mcp", "https://api.example:443/mcp",
                                        "https://api.example:/mcp//", "https://api.example/mcp?"}) {
        EXPECT_EQ(canonical(text), "https://api.example/mcp") << text;
    }
    EXPECT_EQ(canonical("https://api.example/"), "https://api.example");
    EXPECT_EQ(canonical("http://127.0.0.1:80"), "http://127.0.0.1");
    EXPECT_EQ(canonical("http://[::1]:8080/mcp/"), "http://[::1]:8080/mcp");
}

TEST(ResourceIdentifier, KeepsWhatTellsResourcesApart) {
    EXPECT_EQ(canonical("https://api.example/MCP"), "https://api.example/MCP");
    EXPECT_EQ(canonical("https://api.example:80/mcp"), "https://api.example:80/mcp");
    EXPECT_EQ(canonical("http://api.example:443/mcp"), "http://api.example:443/mcp");
    EXPECT_EQ(canonical("https://api.example/mcp/?b=2&a=1"), "https://api.example/mcp?b=2&a=1");
    EXPECT_EQ(canonical("https://api.example/a//b"), "https://api.example/a//b");
    EXPECT_EQ(canonical("https://api.example:08443/mcp"), "https://api.example:8443/mcp");
    EXPECT_EQ(canonical("https://api.example:65535/mcp"), "https://api.example:65535/mcp");
    EXPECT_EQ(canonical("https://api.example:1/mcp"), "https://api.example:1/mcp");
}

TEST(ResourceIdentifier, OfItsOwnFormIsItself) {
    for (const std::string_view text :
         {"https://h", "https://h/a//b///", "http://h:8080/?x=/", "https://[::1]/%2f%7E/"}) {
        EXPECT_EQ(canonical(canonical(text)), canonical(text)) << text;
        EXPECT_NE(canonical(text), "refused") << text;
    }
}

TEST(ResourceIdentifier, RefusesWhatIsNoResource) {
    ASSERT_NE(canonical("https://api.example/mcp"), "refused");
    for (const std::string_view text : {"",
                                        "mcp",
                                        "/mcp",
                                        "//api.example/mcp",
                                        "https:",
                                        "https://",
                                        "https:///mcp",
                                        "https:/mcp",
                                        "https:api.example",
                                        "ftp://api.example/",
                                        "urn:example:mcp",
                                        "javascript://x/%0aalert(1)",
                                        "https://api.example/mcp#x",
                                        "https://api.example/mcp#",
                                        "https://user@api.example/mcp",
                                        "https://user:pw@api.example/",
                                        "https://@api.example/",
                                        "https://api.example:0/mcp",
                                        "https://api.example:65536/",
                                        "https://api.example:-1/",
                                        "https://api.example:8x/",
                                        "https://api.example:80:80/",
                                        "https://api example/",
                                        "https://api.example/a b",
                                        "https://api.example/\"",
                                        "https://api.example/<x>",
                                        "https://api.example\\@evil/",
                                        "https://api.example/\r\nX: y",
                                        "https://api.ex\xc3\xa4mple/",
                                        "https://%61pi.example/",
                                        "https://api.example/%",
                                        "https://api.example/%4",
                                        "https://api.example/%zz",
                                        "https://api.example/%00",
                                        "https://api.example/../mcp",
                                        "https://api.example/mcp/..",
                                        "https://api.example/./mcp",
                                        "https://api.example/%2e%2E/mcp",
                                        "https://api.example/.%2e",
                                        "https://[::1",
                                        "https://::1/",
                                        "https://[]/",
                                        "https://[::]/",  // nobody's address
                                        "https://[evil]/",
                                        "https://[::1]x/"}) {
        EXPECT_EQ(canonical(text), "refused") << text;
    }
    EXPECT_EQ(canonical(std::string_view("https://api.example/\0", 21)), "refused");
}

TEST(ResourceIdentifier, AllowsDotsThatAreNoDotSegment) {
    EXPECT_EQ(canonical("https://h/.well-known/x"), "https://h/.well-known/x");
    EXPECT_EQ(canonical("https://h/..."), "https://h/...");
    EXPECT_EQ(canonical("https://h/a?b=/../c"), "https://h/a?b=/../c");
}

TEST(ResourceIdentifier, RefusesATextThatIsTooLong) {
    const std::string head = "https://h/";
    const std::size_t rest = ResourceIdentifier::text_size_max - head.size();
    EXPECT_TRUE(ResourceIdentifier::parse(head + std::string(rest, 'a')));
    EXPECT_FALSE(ResourceIdentifier::parse(head + std::string(rest + 1, 'a')));
}

TEST(ResourceIdentifier, NamesItsParts) {
    const auto identifier = ResourceIdentifier::parse("HTTPS://[::1]:8443/mcp/v1/?x=1").value();
    EXPECT_EQ(identifier.origin(), "https://[::1]:8443");
    EXPECT_EQ(identifier.host(), "[::1]");
    EXPECT_EQ(identifier.path(), "/mcp/v1");
    const auto root = ResourceIdentifier::parse("http://localhost:8080/").value();
    EXPECT_EQ(root.origin(), root.text());
    EXPECT_EQ(root.host(), "localhost");
    EXPECT_EQ(root.path(), "");
}

TEST(ResourceIdentifier, MatchesAnAudienceInAnySpelling) {
    const auto identifier = ResourceIdentifier::parse("https://api.example/mcp").value();
    EXPECT_TRUE(identifier.matches("https://api.example/mcp"));
    EXPECT_TRUE(identifier.matches("https://api.example/mcp/"));
    EXPECT_TRUE(identifier.matches("https://API.example:443/mcp"));
    for (const std::string_view other :
         {"", "mcp", "https://api.example", "https://api.example/mcp/tools",
          "https://api.example/mc", "https://api.example/MCP", "http://api.example/mcp",
          "https://api.example:8443/mcp", "https://api.example.evil/mcp",
          "https://api.example/mcp?x=1", "https://api.example/mcp#"}) {
        EXPECT_FALSE(identifier.matches(other)) << other;
    }
}

TEST(ResourceFromServerUrl, KeepsTheSlashThatTheIdentifierDrops) {
    const std::string sent = resource_from_server_url("HTTPS://Api.Example/mcp/?x#frag");
    EXPECT_EQ(sent, "https://api.example/mcp/?x");
    EXPECT_EQ(canonical(sent), "https://api.example/mcp?x");
}

TEST(ResourceAllowed, IsHierarchicalWhereTheAudienceIsExact) {
    EXPECT_TRUE(resource_allowed("https://h/mcp/tools", "https://h/mcp"));
    EXPECT_FALSE(ResourceIdentifier::parse("https://h/mcp").value().matches("https://h/mcp/tools"));
    EXPECT_FALSE(resource_allowed("https://h/mcpx", "https://h/mcp"));
    EXPECT_FALSE(resource_allowed("https://h", "https://h/mcp"));
    EXPECT_TRUE(resource_allowed("https://h/mcp", "https://h/mcp/"));
    EXPECT_TRUE(resource_allowed("HTTPS://H/mcp", "https://h/mcp"));
    for (const std::string_view elsewhere :
         {"https://other/mcp", "http://h/mcp", "https://h:8443/mcp", "https://h.other/mcp"}) {
        EXPECT_FALSE(resource_allowed(elsewhere, "https://h/mcp")) << elsewhere;
    }
}

}  // namespace
}  // namespace sluice::token
