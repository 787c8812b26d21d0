#include "resource/gateway/answered_calls.h"

#include <algorithm>

namespace sluice::resource {
namespace {

constexpr std::string_view asks_back = "input_required";

/// A tool's own failure is a result too (MCP: isError), and some servers answer so for a tool that
/// they do not have.
bool is_done(const JsonValue& result) {
    const auto failed = result.find("isError");
    return result.is_object() && !(failed && failed->boolean().value_or(true)) &&
           result.find_string("resultType") != asks_back;
}

}  // namespace

std::optional<Retry> find_retry(const Message& call) {
    // Few calls are retries: the rest is not read once more.
    if (!call.text.contains("requestState") && !call.text.contains("inputResponses")) {
        return std::nullopt;
    }
    const auto document = JsonDocument::parse_carried(call.text);
    const auto params = document ? document->root().find("params") : std::nullopt;
    if (!params) return std::nullopt;
    const auto state = params->find_string("requestState");
    if (!state && !params->find("inputResponses")) return std::nullopt;
    return Retry{std::string(state.value_or(""))};
}

bool AnsweredCalls::concerns(std::string_view json) const {
    return awaits() || (expected_.may_ask_back && json.contains(asks_back));
}

io::Task<void> AnsweredCalls::look_at(std::string_view json) {
    if (!concerns(json)) co_return;
    const auto document = JsonDocument::parse_carried(json);
    if (!document) co_return;
    const JsonValue root = document->root();
    if (root.is_object()) co_return co_await look_at_message(root);
    for (const JsonValue& message : root.elements()) co_await look_at_message(message);
}

io::Task<void> AnsweredCalls::look_at_message(const JsonValue& message) {
    const auto result = message.find("result");
    if (!result) co_return;
    if (is_done(*result)) {
        const auto id = message.find("id");
        co_return co_await count(id ? id->raw() : std::string_view());
    }
    if (expected_.may_ask_back && result->find_string("resultType") == asks_back) {
        co_await open_round(*result);
    }
}

io::Task<void> AnsweredCalls::count(std::string_view id) {
    // Where there is one call, its answer is the only one that there can be.
    const bool alone = body_->messages().size() == 1;
    const auto call = std::ranges::find_if(expected_.unproven, [&](const UnprovenCall& unproven) {
        return alone || unproven.id == id;
    });
    if (call == expected_.unproven.end()) co_return;
    const UnprovenCall counted = std::move(*call);
    expected_.unproven.erase(call);
    co_await count_answered(context_.decision_parts(), {.resource = context_.resource,
                                                        .caller = context_.caller_key(),
                                                        .client_id = context_.caller.client_id,
                                                        .subject = context_.caller.subject,
                                                        .granted = &context_.caller.scope,
                                                        .tool = counted.tool,
                                                        .justification = {},
                                                        .request_id = context_.request().id()});
}

io::Task<void> AnsweredCalls::open_round(const JsonValue& result) {
    // What was posted is parsed no more: calls that ask back are few.
    const auto document = JsonDocument::parse_carried(body_->messages().front().text);
    const auto params = document ? document->root().find("params") : std::nullopt;
    if (!params) co_return;
    const std::string tool(params->find_string("name").value_or(""));
    const std::string state(result.find_string("requestState").value_or(""));
    io::Shard& shard = context_.exchange.shard();
    const CallerKey caller = context_.caller_key();
    const auto open = [&tool, &state, &caller, index = context_.resource.index(),
                       now = shard.now()](Guard& guard) {
        guard.rounds(index).open(caller, tool, state, now);
    };
    co_await context_.guards.call(shard, caller.owner(context_.guards.count()), open);
    expected_.may_ask_back = false;
}

}  // namespace sluice::resource
