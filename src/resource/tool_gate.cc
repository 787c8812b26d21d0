#include "resource/tool_gate.h"

#include <algorithm>

#include "base/result.h"
#include "io/event.h"
#include "resource/decision.h"
#include "resource/friction_answer.h"
#include "resource/refusal.h"

namespace sluice::resource {
namespace {

std::expected<void, Answered> check_scopes(Visit& visit, const PostedBody& body) {
    for (const Message& message : body.messages()) {
        if (!message.is_tool_call()) continue;
        const Decision decision = decide(visit.caller, visit.resource.policy(), message.name);
        if (!decision.allowed()) {
            return failure(refuse_scope(visit, *decision.needed, &body, message.name));
        }
    }
    return {};
}

io::Task<friction::Admission> count_call(Visit& visit, const CallerKey& caller,
                                         friction::ToolId tool) {
    io::Shard& here = visit.exchange.shard();
    const unsigned owner = caller.owner(visit.guards.count());
    const auto admit = [index = visit.resource.index(), caller, tool, now = here.now()](
                           Guard& guard) { return guard.admit(index, caller, tool, now); };
    co_return co_await visit.guards.call(here, owner, admit);
}

void report(Visit& visit, const Message& call, const friction::Admission& admission) {
    visit.observer.on_friction({.resource = visit.resource.settings().path,
                                .client_id = visit.caller.client_id,
                                .subject = visit.caller.subject,
                                .tool_name = call.name,
                                .decision = admission.decision,
                                .acted_on = !admission.forward || admission.delay.count() > 0,
                                .request_id = visit.request().id()});
}

/// The messages whose place in `held_back` is false, as the client wrote them.
std::string without(const PostedBody& body, const std::vector<bool>& held_back) {
    std::string text = "[";
    for (std::size_t i = 0; i < body.messages().size(); ++i) {
        if (held_back[i]) continue;
        if (text.size() > 1) text += ',';
        text += body.messages()[i].text;
    }
    return text + "]";
}

}  // namespace

io::Task<std::expected<Admitted, Answered>> admit_tool_calls(Visit& visit, const PostedBody& body,
                                                             Era era) {
    CO_REQUIRE(check_scopes(visit, body));
    Admitted admitted;
    const friction::FrictionConfig* const config = visit.resource.settings().friction.get();
    if (config == nullptr) co_return admitted;

    std::vector<bool> held_back(body.messages().size(), false);
    Duration delay{};
    for (std::size_t i = 0; i < held_back.size(); ++i) {
        const Message& call = body.messages()[i];
        if (!call.is_tool_call()) continue;
        const friction::ToolId tool = config->tool(call.name);
        const CallerKey caller = CallerKey::of(visit.resource.settings().issuer, visit.caller);
        const friction::Admission admission = co_await count_call(visit, caller, tool);
        if (tool.is_listed()) report(visit, call, admission);
        const Decision decision =
            decide(visit.caller, visit.resource.policy(), call.name, &admission);
        delay = std::max(delay, decision.delay);
        if (decision.outcome == Decision::Outcome::refuse_friction) {
            held_back[i] = true;
            append_friction_answer(admitted.held.emplace_back(), call.id, call.name,
                                   admission.decision, era);
        }
    }
    if (!admitted.held.empty()) {
        admitted.forward = admitted.held.size() < held_back.size();
        if (admitted.forward) admitted.body = without(body, held_back);
    }
    const bool stayed = co_await io::Sleep(visit.exchange.shard(), delay, &visit.exchange.scope());
    if (!stayed) co_return failure(Answered{});
    co_return admitted;
}

}  // namespace sluice::resource
