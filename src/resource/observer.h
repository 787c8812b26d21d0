// Events of a gateway as they happen, for logs and metrics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "friction/decision.h"
#include "friction/tool_id.h"

namespace sluice::resource {

/// Views are valid during the call only.
struct FrictionEvent {
    std::string_view resource;  // its path
    std::string_view client_id;
    std::string_view subject;
    std::string_view tool_name;
    std::string_view justification;  // the reason that came with the call; empty: none
    const friction::Decision& decision;
    bool acted_on = false;  // the call was refused or delayed for it
    std::uint64_t request_id = 0;
};

/// What became of a tool call that its scopes allow.
enum class CallOutcome : std::uint8_t { allowed, delayed, asked, refused };

/// A call at a resource that has friction, of any tool.
struct ToolCallEvent {
    std::size_t resource;   // its place in the settings
    friction::ToolId tool;  // of the resource's friction configuration
    CallOutcome outcome;
    std::string_view client_id;
    std::string_view subject;
    std::string_view tool_name;
    std::string_view justification;
    const friction::Decision& decision;
};

/// A request that was not forwarded for lack of a right, or a verifier or upstream that failed.
struct RefusalEvent {
    std::string_view resource;
    std::string_view client_id;  // empty where no token was verified
    std::string_view tool_name;  // empty where the request is no tool call
    std::string_view code;       // stable: "invalid_token", "insufficient_scope", ...
    std::string_view detail;     // a sentence for operators on what failed; may be empty
    int status = 0;
    std::uint64_t request_id = 0;
};

/// What became of a request whose caller is not verified.
enum class UnauthenticatedOutcome : std::uint8_t {
    no_token,       // it was told where to get one
    refused_token,  // not a good one, or not for here
    slowed,         // the same, after too many of them from one address
};

struct UnauthenticatedEvent {
    std::size_t resource;  // its place in the settings
    UnauthenticatedOutcome outcome;
    std::string_view address;  // of the peer, where the first token in a while was too many
    std::uint64_t request_id = 0;
};

struct ListEvent {
    std::string_view resource;
    std::string_view client_id;
    std::size_t before = 0;  // tools the upstream listed
    std::size_t after = 0;   // tools the client was shown
    std::uint64_t request_id = 0;
};

/// A client whose friction an operator or a server has forgotten.
struct ForgivenEvent {
    std::string_view resource;
    std::string_view client_id;
    std::string_view subject;
    std::uint64_t request_id = 0;
};

/// A call of a tool without friction of its own, which counts for the shares of the others.
struct CountedEvent {
    std::string_view resource;
    std::string_view client_id;
    std::string_view subject;
    std::string_view tool_name;
    std::uint64_t request_id = 0;
};

/// A tool that its MCP server describes otherwise than it did.
struct ToolChangedEvent {
    std::string_view resource;
    std::string_view tool_name;
    bool description = false;
    bool input_schema = false;
    std::string_view old_hash;
    std::string_view new_hash;
    std::uint64_t request_id = 0;
};

/// Told on the shard that serves the request; must not block.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void on_tool_call(const ToolCallEvent&) {}
    virtual void on_friction(const FrictionEvent&) {}
    virtual void on_refusal(const RefusalEvent&) {}
    virtual void on_unauthenticated(const UnauthenticatedEvent&) {}
    virtual void on_tools_listed(const ListEvent&) {}
    virtual void on_tool_changed(const ToolChangedEvent&) {}
    virtual void on_forgiven(const ForgivenEvent&) {}
    virtual void on_counted(const CountedEvent&) {}
};

}  // namespace sluice::resource
