#include "resource/gateway/origin.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/fields.h"

namespace sluice::resource {
namespace {

constexpr std::string_view allowed_fields =
    "Authorization, Content-Type, Accept, Last-Event-ID, MCP-Protocol-Version, Mcp-Session-Id, "
    "Mcp-Method, Mcp-Name, Sluice-Justification";
constexpr std::string_view exposed_fields =
    "WWW-Authenticate, Mcp-Session-Id, Retry-After, MCP-Protocol-Version";
constexpr std::size_t requested_max = 64;  // Mcp-* names that one preflight may add

/// The fixed list, and any other Mcp-* the page asks for: Mcp-Param-* have names of their own.
std::string fields_for(std::string_view requested) {
    std::string fields(allowed_fields);
    for (std::size_t count = 0; !requested.empty() && count < requested_max; ++count) {
        const auto comma = requested.find(',');
        const std::string_view name = trim(requested.substr(0, comma));
        requested = comma == std::string_view::npos ? "" : requested.substr(comma + 1);
        if (http::is_token(name) && name.size() > 4 &&
            equal_ignoring_case(name.substr(0, 4), "mcp-")) {
            fields += ", ";
            fields += name;
        }
    }
    return fields;
}

}  // namespace

OriginRule::OriginRule(const Settings& settings) : allowed_(settings.allowed_origins) {
    any_ = std::ranges::find(allowed_, "*") != allowed_.end();
    if (!settings.own_origin.empty()) allowed_.push_back(settings.own_origin);
}

bool OriginRule::allows(const http::Request& request) const {
    const auto count = request.field_count("Origin");
    if (count == 0) return true;
    if (count > 1) return false;
    const std::string_view origin = *request.field("Origin");
    return any_ || std::ranges::any_of(allowed_, [&](const std::string& one) {
               return equal_ignoring_case(one, origin);
           });
}

void add_cors_fields(const http::Request& request, http::Response& response) {
    const auto origin = request.field("Origin");
    if (!origin || !http::is_field_value(*origin)) return;
    response.add_field("Access-Control-Allow-Origin", *origin);
    response.add_field("Access-Control-Expose-Headers", exposed_fields);
    response.add_field("Vary", "Origin");
}

void answer_preflight(const http::Request& request, http::Response& response) {
    response.set_status(http::Status::no_content);
    response.add_field("Allow", resource_methods);
    if (!request.field("Origin")) return;
    add_cors_fields(request, response);
    response.add_field("Access-Control-Allow-Methods", resource_methods);
    response.add_field("Access-Control-Allow-Headers",
                       fields_for(request.field("Access-Control-Request-Headers").value_or("")));
    response.add_field("Access-Control-Max-Age", "7200");
}

void add_public_cors_fields(http::Response& response) {
    response.add_field("Access-Control-Allow-Origin", "*");
    response.add_field("Access-Control-Allow-Methods", "GET, OPTIONS");
    response.add_field("Access-Control-Allow-Headers", "MCP-Protocol-Version, Content-Type");
}

}  // namespace sluice::resource
