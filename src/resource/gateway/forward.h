// Request and response headers of the proxy: which fields cross the gateway, in either direction,
// and who the upstream is told the caller is.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "http/outgoing_request.h"
#include "token/introspection.h"

namespace sluice::resource {

/// What the upstream has other names for than its clients.
struct UpstreamNames {
    std::string_view session_id{};  // empty: none
    std::string_view mcp_name{};    // of a task; empty: the client's own Mcp-Name
};

/// Makes `upstream` the request to pass on: the client's own method and end-to-end fields, without
/// credentials, cookies, and whatever could pose as a proxy or as Sluice, and with
/// X-Sluice-Subject, -Client and -Scopes. target  Path and query of the upstream's URL; the
/// client's query is not passed on. body    Set for a POST; always sent as application/json, which
/// is how it was read.
void fill_upstream_request(http::OutgoingRequest& upstream, const http::Request& request,
                           std::string_view target, const token::TokenInfo& caller,
                           const UpstreamNames& names, std::string_view body);

/// Copies the fields of an upstream's answer that are the client's affair, but for Mcp-Session-Id,
/// which is to be sealed. `fields` are the answer's.
void copy_answer_fields(http::Response& response, std::span<const http::Field> fields);

/// `text` with everything but visible ASCII, and '%' itself, percent-encoded: fit for a field's
/// value.
std::string header_safe(std::string_view text);

}  // namespace sluice::resource
