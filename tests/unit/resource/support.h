// What several tests of the gateway's rules build on.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "resource/settings.h"
#include "token/introspection.h"

namespace sluice::resource {

inline testing::AssertionResult has(std::string_view text, std::string_view part) {
    if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "\"" << part << "\" is not in: " << text;
}

inline token::ScopeSet scopes(std::string_view text) {
    return token::ScopeSet::parse(text).value();
}

inline ResourceSettings notes() {
    return {
        .path = "/mcp",
        .identifier = token::ResourceIdentifier::parse("https://box.example/mcp").value(),
        .name = "Notes",
        .issuer = "https://box.example",
        .upstream = "http://127.0.0.1:9000/mcp",
        .introspection = {},
        .required_scopes = scopes("mcp:read"),
        .scopes_supported = scopes("mcp:read"),
        .rules = {{"(create|update|delete)_.*", scopes("mcp:write")}, {".*", scopes("mcp:read")}},
        .friction = {}};
}

inline token::TokenInfo token_of_alice(std::string_view scope) {
    token::TokenInfo info;
    info.scope = scopes(scope);
    info.client_id = "pub";
    info.subject = "alice";
    info.issuer = "https://box.example";
    info.audience = {"https://box.example/mcp"};
    info.expires_at = 2'000'000'000;
    return info;
}

}  // namespace sluice::resource
