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

/// So that no call of a batch is counted that another one's lack of a scope keeps back.
std::expected<void, Answered> check_scopes(RequestContext& context, const PostedBody& body) {
    for (const Message& message : body.messages()) {
        if (!message.is_tool_call()) continue;
        const Decision decision =
            decide(context.caller.scope, context.resource.policy(), message.name);
        if (!decision.allowed()) {
            return failure(refuse_scope(context, *decision.needed, &body, message.name));
        }
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
    if (body.is_batch()) CO_REQUIRE(check_scopes(context, body));
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
                    .name_is_unproven = true,
                    .is_retry = counted});
        if (decision.outcome == Decision::Outcome::insufficient_scope) {
            co_return failure(refuse_scope(context, *decision.needed, &body, call.name));
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
