#include "resource/forward.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/fields.h"
#include "http/uri_chars.h"

namespace sluice::resource {
namespace {

using Names = std::span<const std::string_view>;

// RFC 9110 §7.6.1, and what a connection frames by itself.
constexpr std::string_view hop_by_hop[] = {
    "connection", "keep-alive",        "te",     "trailer",        "transfer-encoding",
    "upgrade",    "proxy-connection",  "expect", "content-length", "host",
    "date",       "proxy-authenticate"};

// What a client must not tell an upstream: its credentials (the upstream trusts the gateway, and a
// token meant for the gateway must go no further), its origin (checked already), and what only a
// proxy may say. Accept-Encoding too, since a compressed list could not be filtered.
constexpr std::string_view private_to_client[] = {"authorization",
                                                  "cookie",
                                                  "cookie2",
                                                  "dpop",
                                                  "origin",
                                                  "referer",
                                                  "forwarded",
                                                  "via",
                                                  "x-real-ip",
                                                  "x-client-ip",
                                                  "true-client-ip",
                                                  "content-type",
                                                  "content-encoding",
                                                  "x-remote-user",
                                                  "x-rewrite-url",
                                                  "x-http-method-override",
                                                  "x-http-method",
                                                  "x-method-override",
                                                  "x-user",
                                                  "accept-encoding",
                                                  "access-control-request-method",
                                                  "access-control-request-headers"};
constexpr std::string_view private_prefixes[] = {
    "x-sluice-", "x-forwarded-",          "x-original-",  "proxy-", "sec-",
    "x-auth-",   "x-authenticated-",      "remote-",      "cf-",    "x-envoy-",
    "x-accel-",  "x-ms-client-principal", "x-amzn-oidc-", "x-goog-"};

// What an upstream must not tell a client: it would be sent to another place, be asked for
// credentials that are not the gateway's, or see a cookie that is never sent back.
constexpr std::string_view private_to_upstream[] = {
    "www-authenticate", "authentication-info",       "set-cookie", "set-cookie2", "location",
    "alt-svc",          "strict-transport-security", "server",     "vary",        "x-powered-by"};
constexpr std::string_view answer_prefixes[] = {"access-control-", "proxy-", "x-accel-",
                                                "x-sluice-"};

// Never stripped because Connection names them: a client could else take from the upstream what
// the gateway has checked.
constexpr std::string_view always_end_to_end[] = {"accept", "content-type", "last-event-id"};

bool is_one_of(std::string_view name, Names names) {
    return std::ranges::any_of(
        names, [&](std::string_view one) { return equal_ignoring_case(name, one); });
}

bool starts_with_one_of(std::string_view name, Names prefixes) {
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) {
        return equal_ignoring_case(name.substr(0, prefix.size()), prefix);
    });
}

/// Whether a Connection field names `name`: RFC 9110 §7.6.1.
bool is_connection_option(std::string_view name, std::span<const http::Field> fields) {
    if (is_one_of(name, always_end_to_end) || equal_ignoring_case(name.substr(0, 4), "mcp-")) {
        return false;
    }
    for (const http::Field& field : fields) {
        if (!equal_ignoring_case(field.name, "connection")) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            if (equal_ignoring_case(trim(rest.substr(0, comma)), name)) return true;
            rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
        }
    }
    return false;
}

bool passes_to_upstream(std::string_view name, std::span<const http::Field> fields) {
    // Many servers take '_' for '-', so that X_Sluice_Subject would pose as X-Sluice-Subject.
    return name.find('_') == std::string_view::npos && !is_one_of(name, hop_by_hop) &&
           !is_one_of(name, private_to_client) && !starts_with_one_of(name, private_prefixes) &&
           !is_connection_option(name, fields);
}

bool passes_to_client(std::string_view name, std::span<const http::Field> fields) {
    return !is_one_of(name, hop_by_hop) && !is_one_of(name, private_to_upstream) &&
           !starts_with_one_of(name, answer_prefixes) && !is_connection_option(name, fields);
}

void add_identity(http::OutgoingRequest& upstream, std::string_view name, std::string_view value) {
    if (!value.empty()) upstream.add_field(name, header_safe(value));
}

}  // namespace

std::string header_safe(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c > 0x20 && c < 0x7f && c != '%') {
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
                           std::string_view body) {
    upstream.clear();
    upstream.set(request.method(), target);
    for (const http::Field& field : request.fields()) {
        if (passes_to_upstream(field.name, request.fields())) {
            upstream.add_field(field.name, field.value);
        }
    }
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
    for (const http::Field& field : fields) {
        if (passes_to_client(field.name, fields)) response.add_field(field.name, field.value);
    }
}

}  // namespace sluice::resource
