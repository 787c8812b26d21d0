// Writing the fields.
#include "oauth/cors.h"

namespace sluice::oauth {

void allow_every_origin(http::Response& response) {
    response.add_field("Access-Control-Allow-Origin", "*");
    response.add_field("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After");
}

void write_preflight(http::Response& response) {
    response.set_status(http::Status::no_content);
    response.add_field("Access-Control-Allow-Origin", "*");
    response.add_field("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    response.add_field("Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, "
                       "Mcp-Name, Mcp-Session-Id");
    response.add_field("Access-Control-Max-Age", "86400");
}

}  // namespace sluice::oauth
