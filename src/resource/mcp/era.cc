#include "resource/mcp/era.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/result.h"
#include "crypto/base64url.h"

namespace sluice::resource {
namespace {

constexpr std::string_view first_stateless = "2026-07-28";
constexpr std::string_view encoded_prefix = "=?base64?";
constexpr std::string_view encoded_suffix = "?=";

bool is_version(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-dd";
    return text.size() == form.size() && std::ranges::equal(text, form, [](char c, char shape) {
               return shape == 'd' ? is_digit(c) : c == shape;
           });
}

RpcError mismatch(std::string_view message, std::string_view id) {
    return {RpcCode::header_mismatch, message, id};
}

/// MCP 2026-07-28: what is not ASCII is encoded, in exactly this spelling. Raw bytes are read in
/// several ways, and a marker in other letters only by those who ignore case.
std::expected<void, RpcError> check_spelling(const http::Field& field, std::string_view id) {
    if (std::ranges::any_of(field.value,
                            [](char c) { return static_cast<unsigned char>(c) > 0x7e; })) {
        return failure(mismatch("an MCP header must be ASCII: encode it as =?base64?...?=", id));
    }
    const std::string_view start = field.value.substr(0, encoded_prefix.size());
    if (start != encoded_prefix && equal_ignoring_case(start, encoded_prefix)) {
        return failure(mismatch("an MCP header is encoded as =?base64?...?= in other letters", id));
    }
    if (!decode_mirrored(field.value)) {
        return failure(mismatch("an MCP header cannot be decoded", id));
    }
    return {};
}

/// Mcp-Param-* too, whose values only the MCP server can compare with the body.
bool is_mirrored(std::string_view name) {
    constexpr std::string_view parameter = "mcp-param-";
    return equal_ignoring_case(name, "mcp-name") || equal_ignoring_case(name, "mcp-method") ||
           equal_ignoring_case(name.substr(0, parameter.size()), parameter);
}

std::expected<void, RpcError> check_name(std::string_view header, const Message& message) {
    const auto decoded = decode_mirrored(header);
    if (!decoded) return failure(mismatch("Mcp-Name cannot be decoded", message.id));
    // Other methods may mirror a name of their own, which only the MCP server knows.
    const bool known = message.method == "tools/call" || message.method == "prompts/get" ||
                       message.method == "resources/read";
    if (known && *decoded != message.name) {
        return failure(mismatch("Mcp-Name does not match the body", message.id));
    }
    return {};
}

std::expected<void, RpcError> check_message(const http::Request& request, const Message& message,
                                            bool required) {
    if (message.kind == Message::Kind::response) return {};
    if (const auto method = request.field("Mcp-Method")) {
        if (*method != message.method) {
            return failure(mismatch("Mcp-Method does not match the body", message.id));
        }
    } else if (required) {
        return failure(mismatch("Mcp-Method is missing", message.id));
    }
    if (const auto name = request.field("Mcp-Name")) return check_name(*name, message);
    if (required && !message.name.empty()) {
        return failure(mismatch("Mcp-Name is missing", message.id));
    }
    return {};
}

std::expected<void, RpcError> check_version(std::string_view header, const Message& message) {
    if (!message.protocol_version.empty() && header != message.protocol_version) {
        return failure(mismatch("MCP-Protocol-Version does not match the body", message.id));
    }
    return {};
}

}  // namespace

Era era_of(std::string_view protocol_version) {
    // Dates in this form compare as texts do.
    return is_version(protocol_version) && protocol_version >= first_stateless ? Era::stateless
                                                                               : Era::sessions;
}

Era era_of(const http::Request& request) {
    return era_of(request.field("MCP-Protocol-Version").value_or(""));
}

std::optional<std::string> decode_mirrored(std::string_view value) {
    const bool encoded = value.size() >= encoded_prefix.size() + encoded_suffix.size() &&
                         value.starts_with(encoded_prefix) && value.ends_with(encoded_suffix);
    if (!encoded) return std::string(value);
    value.remove_prefix(encoded_prefix.size());
    value.remove_suffix(encoded_suffix.size());
    return crypto::decode_base64(value);
}

std::expected<Era, RpcError> check_mirrored_headers(const http::Request& request,
                                                    const PostedBody& body) {
    constexpr std::array<std::string_view, 4> singles = {"MCP-Protocol-Version", "Mcp-Method",
                                                         "Mcp-Name", "Mcp-Session-Id"};
    const std::string_view id = body.messages().front().id;
    for (const std::string_view name : singles) {
        if (request.field_count(name) > 1) {
            return failure(mismatch("an MCP header is repeated", id));
        }
    }
    for (const http::Field& field : request.fields()) {
        if (is_mirrored(field.name)) REQUIRE(check_spelling(field, id));
    }
    const std::string_view version = request.field("MCP-Protocol-Version").value_or("");
    Era era = Era::sessions;
    for (const Message& message : body.messages()) {
        // initialize exists in the older era only, whatever version it proposes.
        const bool stateless =
            message.method != "initialize" && (era_of(version) == Era::stateless ||
                                               era_of(message.protocol_version) == Era::stateless);
        if (stateless) {
            era = Era::stateless;
            REQUIRE(check_version(version, message));
        }
        REQUIRE(check_message(request, message, stateless));
    }
    if (era == Era::stateless && body.is_batch()) {
        return failure(RpcError{RpcCode::invalid_request,
                                "this protocol version does not support batches", ""});
    }
    return era;
}

}  // namespace sluice::resource
