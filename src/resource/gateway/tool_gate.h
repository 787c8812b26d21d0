// Policy enforcement point (PEP) of tool calls: the decision on each, and what is left to pass on.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/task.h"
#include "resource/gateway/answered_calls.h"
#include "resource/gateway/request_context.h"
#include "resource/mcp/era.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

/// What passed the gate.
struct Admitted {
    bool forward = true;            // something is left to pass on
    Duration delay{};               // to wait before it is
    std::string body;               // what to pass on where it is not the posted body itself
    std::vector<std::string> held;  // answers to calls that friction holds back, as JSON
    Expected expected;              // of the answer to what is passed on
};

/// Decides on every message of `body` that rules can be about. One that the rules do not allow
/// refuses the whole body (403) before friction counts anything; then friction decides on each in
/// order, and the longest of their delays is the body's. Answered where the body was refused.
io::Task<std::expected<Admitted, Answered>> admit_tool_calls(RequestContext& context,
                                                             const PostedBody& body, Era era);

}  // namespace sluice::resource
