#include "resource/gateway/forward.h"

#include <algorithm>

#include "base/check.h"
#include "http/fields.h"
#include "http/uri_chars.h"
#include "resource/gateway/field_rules.h"

namespace sluice::resource {
namespace {

bool is_header_safe(char c) {
    return c > 0x20 && c < 0x7f && c != '%';
}

void add_identity(http::OutgoingRequest& upstream, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (std::ranges::all_of(value, is_header_safe)) return upstream.add_field(name, value);
    upstream.add_field(name, header_safe(value));
}

}  // namespace

std::string header_safe(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (is_header_safe(c)) {
            safe += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        safe += '%';
        safe += http::upper_hex[byte >> 4];
        safe += http::upper_hex[byte & 15];
    }
    return safe;
}

void fill_upstream_request(http::OutgoingRequest& upstream, const http::Request& request,
                           std::string_view target, const token::TokenInfo& caller,
                           const UpstreamNames& names, std::string_view body) {
    upstream.clear();
    upstream.set(request.method(), target);
    const FieldRules rules(request.fields());
    for (const http::Field& field : request.fields()) {
        if (!rules.pass_to_upstream(field.name)) continue;
        CHECK(!http::name_is(field.name, "authorization"), "the client's credentials stay here");
        const bool renamed = !names.mcp_name.empty() && http::name_is(field.name, "mcp-name");
        upstream.add_field(field.name, renamed ? names.mcp_name : field.value);
    }
    if (!names.session_id.empty()) upstream.add_field("Mcp-Session-Id", names.session_id);
    if (request.method() == http::Method::post) {
        upstream.add_field("Content-Type", "application/json");
        upstream.body() = body;
    }
    add_identity(upstream, "X-Sluice-Subject", caller.subject);
    add_identity(upstream, "X-Sluice-Client", caller.client_id);
    // Scope names are visible ASCII; the spaces between them may stand in a field's value.
    if (!caller.scope.empty()) upstream.add_field("X-Sluice-Scopes", caller.scope.text());
}

void copy_answer_fields(http::Response& response, std::span<const http::Field> fields) {
    const FieldRules rules(fields);
    for (const http::Field& field : fields) {
        if (rules.pass_to_client(field.name)) response.add_field(field.name, field.value);
    }
}

}  // namespace sluice::resource
