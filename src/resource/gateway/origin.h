// Origin check against DNS rebinding (MCP), and CORS: which browser origins may use a gateway.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "resource/settings.h"

namespace sluice::resource {

class OriginRule {
public:
    explicit OriginRule(const Settings& settings);

    /// A request without Origin comes from no browser's page and is allowed; an Origin must be
    /// allowed by name (MCP: protection against DNS rebinding).
    bool allows(const http::Request& request) const;

private:
    bool any_ = false;
    std::vector<std::string> allowed_;
};

/// Fields of every answer to an allowed Origin, errors too, or scripts could not read the
/// challenge. Nothing where the request has no Origin.
void add_cors_fields(const http::Request& request, http::Response& response);

/// The answer to OPTIONS at a resource: never authenticated, since a preflight carries no token.
void answer_preflight(const http::Request& request, http::Response& response);

/// For documents that anybody may read.
void add_public_cors_fields(http::Response& response);

inline constexpr std::string_view resource_methods = "GET, POST, DELETE, OPTIONS";

}  // namespace sluice::resource
