// JSON-RPC 2.0 messages as MCP uses them: what a client posted, and the errors that answer it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace sluice::resource {

/// Codes of JSON-RPC, of MCP, and, from -32010 to -32019 (which MCP leaves to implementations),
/// Sluice's own. They are stable.
enum class RpcCode : int {
    parse_error = -32700,
    invalid_request = -32600,
    invalid_params = -32602,
    header_mismatch = -32020,     // MCP 2026-07-28: mirrored headers and body disagree
    unauthorized = -32010,        // no token or no good one
    insufficient_scope = -32011,  // the token does not allow this
    upstream_failed = -32012,     // the MCP server is down or talks garbage
    upstream_timed_out = -32013,
    verifier_failed = -32014,    // the authorization server could not be asked
    too_many_streams = -32015,   // the caller has as many event streams open as it may
    too_many_tokens = -32016,    // refused ones, from one address
    session_not_found = -32017,  // Mcp-Session-Id is none of this caller's
    access_denied = -32018,      // the rules do not allow this, whatever the scopes
};

struct RpcError {
    RpcCode code{};
    std::string_view message;  // static text
    std::string_view id;       // the JSON text of the request's id; empty where it is not known
};

/// One message of a request's body. Views point into the body's text and into its PostedBody.
struct Message {
    enum class Kind : std::uint8_t { request, notification, response };

    Kind kind = Kind::request;
    std::string_view text;    // all of it, as it was written
    std::string_view id;      // its JSON text, as it was written; empty for a notification
    std::string_view method;  // empty for a response
    std::string_view name;    // of tools/call and prompts/get the params' name; of resources/read
                              // the uri; else, and where there is none, empty
    std::string_view object;  // what rules look at: the name, or the URI that is read, subscribed
                              // to or completed; else empty
    std::optional<JsonValue> arguments;  // of tools/call and prompts/get, where there are any
    std::string_view protocol_version;   // what _meta declares (2026-07-28); else empty
    std::string_view justification;      // what _meta gives as a reason for the call; else empty

    bool is_tool_call() const { return method == "tools/call"; }
    bool is_tool_list() const { return method == "tools/list"; }
};

/// A body that is one message or a batch of them.
class PostedBody {
public:
    static constexpr std::size_t batch_size_max = 256;
    static constexpr std::size_t name_bytes_max = 256;  // of a method, of a tool's or prompt's name

    /// `text` must outlive the body. What nothing is decided on is not looked at: arguments, and
    /// members of other names, may be all that JSON allows. Errors: malformed JSON, no JSON-RPC 2.0
    /// message, an empty or too large batch, an id that is neither text nor number (MCP allows no
    /// null), a tools/call without id or name, a method or name above name_bytes_max, a key that is
    /// decided on twice in one object, or that only a server which ignores case would read as one.
    static std::expected<PostedBody, RpcError> parse(std::string_view text);

    std::span<const Message> messages() const {
        return is_batch_ ? std::span<const Message>(batch_) : std::span(&single_, 1);
    }
    bool is_batch() const { return is_batch_; }

    /// Frees what the text was parsed into. From then on only kind, text and id of the messages are
    /// known; their other views are empty.
    void forget_document();

private:
    explicit PostedBody(JsonDocument document) : document_(std::move(document)) {}

    std::optional<JsonDocument> document_;
    Message single_;  // where there is no batch
    std::vector<Message> batch_;
    bool is_batch_ = false;
};

}  // namespace sluice::resource
