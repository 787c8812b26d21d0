// What the answers to tool calls mean for friction: which calls count only now, and which go on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/task.h"
#include "resource/decision/decision.h"
#include "resource/gateway/request_context.h"
#include "resource/mcp/era.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

/// A call that counts once it is answered: nobody knows whether there is such a tool.
struct UnprovenCall {
    std::string id;  // the request's, as JSON
    std::string tool;
};

/// What has to be looked for in the answer to a body.
struct Expected {
    std::vector<UnprovenCall> unproven;
    bool may_ask_back = false;  // a call that was counted may be answered with questions

    /// `call` passes to the MCP server.
    void add(const Message& call, const Decision& decision, Era era) {
        if (decision.counts_once_answered) {
            unproven.push_back({std::string(call.id), std::string(call.name)});
        } else if (era == Era::stateless) {
            may_ask_back = true;
        }
    }
};

/// One retry of a multi-round-trip request (MCP 2026-07-28), found in a posted message.
struct Retry {
    std::string state;  // requestState; empty where there is none
};

/// Nothing where `call` brings neither answers nor a state back.
std::optional<Retry> find_retry(const Message& call);

/// Looks at the JSON-RPC messages that an MCP server answers one body with.
class AnsweredCalls {
public:
    /// body  What the client posted.
    AnsweredCalls(RequestContext& context, Expected expected, const PostedBody* body)
        : context_(context), expected_(std::move(expected)), body_(body) {}

    /// An answer has to be read to its end: a call may count by it.
    bool awaits() const { return !expected_.unproven.empty(); }
    /// Whether look_at() has anything to do with this text.
    bool concerns(std::string_view json) const;
    /// json  One message or a batch; what is neither is passed over.
    io::Task<void> look_at(std::string_view json);

private:
    io::Task<void> look_at_message(const JsonValue& message);
    io::Task<void> count(std::string_view id);
    io::Task<void> open_round(const JsonValue& result);

    RequestContext& context_;
    Expected expected_;
    const PostedBody* body_;
};

}  // namespace sluice::resource
