#include "resource/gateway/tool_gate.h"

#include <algorithm>
#include <bitset>

#include "base/check.h"
#include "base/result.h"
#include "resource/decision/decision.h"
#include "resource/decision/friction_result.h"
#include "resource/gateway/refusal.h"
#include "resource/mcp/justification.h"

namespace sluice::resource {
namespace {

using HeldBack = std::bitset<PostedBody::batch_size_max>;  // by a message's place

/// What the rules say of a message that they can be about.
Decision decide_rights(const RequestContext& context, const Message& message) {
    return decide({.method = message.method,
                   .object = message.object,
                   .granted = &context.caller.scope,
                   .client_id = context.caller.client_id,
                   .subject = context.caller.subject,
                   .attributes = known_attributes(context.caller),
                   .arguments = {true, message.arguments}},
                  context.resource.policy());
}

Answered refuse(RequestContext& context, const Decision& decision, const PostedBody& body,
                const Message& message) {
    if (decision.outcome == Decision::Outcome::access_denied) {
        return refuse_access(context, &body, message.object);
    }
    CHECK(decision.outcome == Decision::Outcome::insufficient_scope);
    return refuse_scope(context, *decision.needed, &body, message.object);
}

/// Of all that is no tool call; and in a batch of the calls, so that none is counted that another
/// one's lack of a right keeps back.
std::expected<void, Answered> check_rights(RequestContext& context, const PostedBody& body) {
    const bool beside_tools = context.resource.policy().governs_more_than_tools();
    if (!body.is_batch() && !beside_tools) return {};
    for (const Message& message : body.messages()) {
        const bool concerned = message.is_tool_call()
                                   ? body.is_batch()
                                   : beside_tools && is_governed_method(message.method);
        if (!concerned) continue;
        const Decision decision = decide_rights(context, message);
        if (!decision.allowed()) return failure(refuse(context, decision, body, message));
    }
    return {};
}

/// The reason that the request's header gives for all its calls; empty where there is none.
std::string read_justification(const http::Request& request) {
    const auto field = request.field(justification_field);
    return field ? decode_mirrored(*field).value_or("") : std::string();
}

/// The messages whose place in `held_back` is false, as the client wrote them.
std::string without(const PostedBody& body, const HeldBack& held_back) {
    std::string text = "[";
    for (std::size_t i = 0; i < body.messages().size(); ++i) {
        if (held_back[i]) continue;
        if (text.size() > 1) text += ',';
        text += body.messages()[i].text;
    }
    CHECK(text.size() > 1, "an empty batch");
    return text + "]";
}

/// Whether a retry's call passed and was counted already.
io::Task<bool> close_round(RequestContext& context, const Message& call, const Retry& retry) {
    io::Shard& shard = context.exchange.shard();
    const CallerKey caller = context.caller_key();
    const auto close = [&call, &retry, &caller, index = context.resource.index(),
                        now = shard.now()](Guard& guard) {
        return guard.rounds(index).close(caller, call.name, retry.state, now);
    };
    co_return co_await context.guards.call(shard, caller.owner(context.guards.count()), close);
}

}  // namespace

io::Task<std::expected<Admitted, Answered>> admit_tool_calls(RequestContext& context,
                                                             const PostedBody& body, Era era) {
    CO_REQUIRE(check_rights(context, body));
    Admitted admitted;
    if (std::ranges::none_of(body.messages(), &Message::is_tool_call)) co_return admitted;

    const DecisionParts parts = context.decision_parts();
    const CallerKey& caller = context.caller_key();
    const std::string said = read_justification(context.request());
    const bool may_retry = era == Era::stateless && context.resource.settings().friction != nullptr;
    HeldBack held_back;
    for (std::size_t i = 0; i < body.messages().size(); ++i) {
        const Message& call = body.messages()[i];
        if (!call.is_tool_call()) continue;
        const std::string_view own = trim_justification(call.justification);
        const auto retry = may_retry ? find_retry(call) : std::nullopt;
        const bool counted = retry && co_await close_round(context, call, *retry);
        const Decision decision = co_await decide_call(
            parts, {.resource = context.resource,
                    .caller = caller,
                    .client_id = context.caller.client_id,
                    .subject = context.caller.subject,
                    .granted = &context.caller.scope,
                    .tool = call.name,
                    .justification = own.empty() ? trim_justification(said) : own,
                    .request_id = context.request().id(),
                    .attributes = known_attributes(context.caller),
                    .arguments = {true, call.arguments},
                    .name_is_unproven = true,
                    .is_retry = counted});
        if (decision.outcome == Decision::Outcome::insufficient_scope ||
            decision.outcome == Decision::Outcome::access_denied) {
            co_return failure(refuse(context, decision, body, call));
        }
        admitted.delay = std::max(admitted.delay, decision.delay);
        if (decision.allowed()) {
            admitted.expected.add(call, decision, era);
            continue;
        }
        held_back.set(i);
        append_friction_answer(admitted.held.emplace_back(), call.id, call.name, decision, era);
    }
    CHECK(admitted.held.size() == held_back.count(), "what is held back is answered here");
    if (admitted.held.empty()) co_return admitted;
    admitted.forward = admitted.held.size() < body.messages().size();
    if (admitted.forward) admitted.body = without(body, held_back);
    co_return admitted;
}

}  // namespace sluice::resource
