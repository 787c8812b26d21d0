// RFC 9728: the document that describes a protected resource, and where it stands.
#include <gtest/gtest.h>

#include "base/json.h"
#include "resource/metadata/resource_metadata.h"

namespace sluice::resource {
namespace {

ResourceSettings resource(std::string_view identifier) {
    return {.path = "/mcp",
            .identifier = token::ResourceIdentifier::parse(identifier).value(),
            .name = "Notes",
            .issuer = "https://auth.example/t",
            .upstream = "http://127.0.0.1:9000/mcp",
            .introspection = {},
            .required_scopes = token::ScopeSet::parse("mcp:read").value(),
            .scopes_supported = token::ScopeSet::parse("mcp:read offline_access").value(),
            .rules = {},
            .friction = {}};
}

TEST(Rfc9728, TheDocumentSaysWhatClientsLookFor) {
    EXPECT_EQ(metadata_json(resource("https://box.example/mcp")),
              R"({"resource":"https://box.example/mcp",)"
              R"("authorization_servers":["https://auth.example/t"],)"
              R"("scopes_supported":["mcp:read"],"bearer_methods_supported":["header"],)"
              R"("resource_name":"Notes"})");
}

TEST(Rfc9728, TheResourceIsCanonicalHoweverItWasConfigured) {
    const auto document =
        JsonDocument::parse(metadata_json(resource("HTTPS://Box.example:443/mcp/")));
    EXPECT_EQ(document.value().root().find_string("resource"), "https://box.example/mcp");
}

TEST(Rfc9728, TheResourcesPathIsInsertedBehindTheWellKnownOne) {
    EXPECT_EQ(metadata_path(resource("https://box.example/public/mcp")),
              "/.well-known/oauth-protected-resource/public/mcp");
    EXPECT_EQ(metadata_path(resource("https://box.example/")),
              "/.well-known/oauth-protected-resource");
    EXPECT_EQ(metadata_url(resource("http://127.0.0.1:8080/mcp")),
              "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp");
}

TEST(Rfc9728, ScopesThatAreNotConfiguredAreTheRequiredOnesOrLeftOut) {
    ResourceSettings settings = resource("https://box.example/mcp");
    settings.scopes_supported = {};
    EXPECT_NE(metadata_json(settings).find(R"("scopes_supported":["mcp:read"])"),
              std::string::npos);
    settings.required_scopes = {};
    EXPECT_EQ(metadata_json(settings).find("scopes_supported"), std::string::npos);
}

}  // namespace
}  // namespace sluice::resource
