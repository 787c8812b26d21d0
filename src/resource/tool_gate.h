// Tool calls on their way in: the decision on each, friction counted on its owner's shard, and what
// is left to pass on.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "io/task.h"
#include "resource/era.h"
#include "resource/json_rpc.h"
#include "resource/visit.h"

namespace sluice::resource {

/// What passed the gate.
struct Admitted {
    bool forward = true;            // something is left to pass on
    std::string body;               // what to pass on where it is not the posted body itself
    std::vector<std::string> held;  // answers to calls that friction holds back, as JSON
};

/// Decides on every tools/call of `body`. One that lacks a scope refuses the whole body (403)
/// before friction counts anything; then friction counts each in order, and mode "delay" waits
/// here, for the longest delay. Answered where the body was refused or the client left.
io::Task<std::expected<Admitted, Answered>> admit_tool_calls(Visit& visit, const PostedBody& body,
                                                             Era era);

}  // namespace sluice::resource
