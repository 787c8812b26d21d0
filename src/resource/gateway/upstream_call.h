// Proxying: passes a request on to the MCP server, and its answer back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/task.h"
#include "resource/gateway/answered_calls.h"
#include "resource/gateway/request_context.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

/// What to pass on, and what becomes of the answer.
struct UpstreamCall {
    std::string_view text;             // the body of a POST
    const PostedBody* body = nullptr;  // what the client posted, for the ids of its requests
    bool asks = false;                 // `text` holds a request, which must get a JSON-RPC answer
    bool may_list_tools = false;       // the answer may hold a list to filter
    bool may_list_tasks = false;       // the same, of tasks
    bool repeatable = false;           // changes nothing: may be sent twice
    bool endless = false;              // a stream that has no end of its own: ends when draining
    const std::vector<std::string>* held = nullptr;  // answers to add to the upstream's; null: none
    AnsweredCalls* answered = nullptr;               // to be shown the answer; null: nobody
};

/// Answers the exchange in every case; gives up at once when the client leaves.
io::Task<void> call_upstream(RequestContext& context, const UpstreamCall& call);

}  // namespace sluice::resource
