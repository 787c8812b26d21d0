// Access request (attribute-based access control, NIST SP 800-162): who asks for what, as rules see
// it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/json.h"
#include "token/introspection.h"
#include "token/scope.h"

namespace sluice::resource {

/// The methods of MCP that rules can be about, beside tools/call.
bool is_governed_method(std::string_view method);

/// The arguments of a call, as far as somebody has seen them.
struct CallArguments {
    bool seen = false;
    std::optional<JsonValue> value{};  // nothing: the call has none
};

/// Views live until the decision is made.
struct AccessRequest {
    std::string_view method = "tools/call";
    std::string_view object;  // the name of a tool or prompt, the URI of a resource; may be empty
    const token::ScopeSet* granted = nullptr;  // null: who asks vouches for the scopes
    std::string_view client_id{};
    std::string_view subject{};
    // What is known of the person; nothing where nobody could say.
    std::optional<std::span<const token::Attribute>> attributes{};
    CallArguments arguments{};
};

/// What AccessRequest::attributes has to be for who shows this token.
std::optional<std::span<const token::Attribute>> known_attributes(const token::TokenInfo& caller);

}  // namespace sluice::resource
