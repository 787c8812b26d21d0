// MCP protocol versions: the two eras of its HTTP transport, and the rule that mirrored headers
// must agree with the body.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

enum class Era : std::uint8_t {
    sessions,   // up to 2025-11-25: initialize, Mcp-Session-Id, GET and DELETE; and what says
                // nothing or something unknown, which is for the MCP server to judge
    stateless,  // from 2026-07-28: every POST for itself, with Mcp-Method and Mcp-Name
};

/// The era of a version such as "2025-11-25".
Era era_of(std::string_view protocol_version);

/// A header's value, decoded where it has the form "=?base64?...?=" in exactly these letters (MCP
/// 2026-07-28). Nothing where that form holds no base64.
std::optional<std::string> decode_mirrored(std::string_view value);

/// The era of a POST. Wherever they stand, Mcp-Method and Mcp-Name must say what the body says; in
/// the stateless era they must stand, and MCP-Protocol-Version must equal the version that the body
/// declares. They and Mcp-Param-* are ASCII, and encoded in the one spelling of decode_mirrored().
/// Errors: header_mismatch.
std::expected<Era, RpcError> check_mirrored_headers(const http::Request& request,
                                                    const PostedBody& body);

/// The era of a GET or DELETE, by its MCP-Protocol-Version alone.
Era era_of(const http::Request& request);

}  // namespace sluice::resource
