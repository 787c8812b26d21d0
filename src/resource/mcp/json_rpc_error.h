// JSON-RPC errors that Sluice answers itself: with the request's id, a plain reason, a stable code.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

/// What went wrong, in words for a person or a model and in a code for programs.
struct RpcFailure {
    RpcCode code{};
    std::string_view message;
    std::string_view error;         // stable: "insufficient_scope"
    std::uint64_t request_id = 0;   // of the HTTP request, as in the log
    std::string_view challenge;     // WWW-Authenticate's value; empty: none
    std::uint32_t retry_after = 0;  // seconds; 0: not said
};

/// Appends one error: {"jsonrpc":"2.0","id":…,"error":{"code":…,"message":…,"data":{"error":…,
/// "request_id":…,"retry_after_seconds":…,"_meta":{"mcp/www_authenticate":[…]}}}}. `id` is a JSON
/// text; an empty one is left out, since MCP knows no null id. Some clients look for challenges in
/// `_meta` only.
void append_rpc_error(std::string& out, std::string_view id, const RpcFailure& failure);

/// The same for every request of a body: one error, or an array of them for a batch. There only the
/// first has the message and the challenge; all have the codes.
void append_rpc_errors(std::string& out, const PostedBody& body, const RpcFailure& failure);

}  // namespace sluice::resource
