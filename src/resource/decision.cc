#include "resource/decision.h"

namespace sluice::resource {
namespace {

Decision of_admission(const friction::Admission& admission) {
    Decision decision{.delay = std::chrono::duration_cast<Duration>(admission.delay),
                      .friction = admission.decision};
    if (!admission.forward) {
        decision.outcome = admission.asks_reason ? Decision::Outcome::ask_justification
                                                 : Decision::Outcome::refuse_friction;
    }
    return decision;
}

void report(const DecisionParts& parts, const ToolCall& call, const Decision& decision) {
    parts.observer.on_friction({.resource = call.resource.settings().path,
                                .client_id = call.client_id,
                                .subject = call.subject,
                                .tool_name = call.tool,
                                .justification = call.justification,
                                .decision = decision.friction,
                                .acted_on = !decision.allowed() || decision.delay.count() > 0,
                                .request_id = call.request_id});
}

void report_counted(const DecisionParts& parts, const ToolCall& call) {
    parts.observer.on_counted({.resource = call.resource.settings().path,
                               .client_id = call.client_id,
                               .subject = call.subject,
                               .tool_name = call.tool,
                               .request_id = call.request_id});
}

/// `count(guard, tool, now)` on the caller's shard, which gives an Admission; then the report.
template <class Count>
io::Task<Decision> count_call(DecisionParts parts, ToolCall call, Count count) {
    const friction::FrictionConfig* const config = call.resource.settings().friction.get();
    if (config == nullptr) co_return Decision{};
    const friction::ToolId tool = config->tool(call.tool);
    if (!tool.is_listed()) report_counted(parts, call);
    const unsigned owner = call.caller.owner(parts.guards.count());
    const auto ask = [&, now = parts.shard.now()](Guard& guard) { return count(guard, tool, now); };
    Decision decision = of_admission(co_await parts.guards.call(parts.shard, owner, ask));
    decision.has_friction = tool.is_listed();
    if (decision.has_friction) report(parts, call, decision);
    co_return decision;
}

}  // namespace

Decision decide(const token::ScopeSet& granted, const Policy& policy, std::string_view tool,
                const friction::Admission* admission) {
    const token::ScopeSet& needed = policy.needed_for(tool);
    if (!granted.includes(needed)) {
        return {.outcome = Decision::Outcome::insufficient_scope, .needed = &needed};
    }
    return admission == nullptr ? Decision{} : of_admission(*admission);
}

io::Task<Decision> decide_call(DecisionParts parts, ToolCall call) {
    if (call.granted != nullptr) {
        const Decision rights = decide(*call.granted, call.resource.policy(), call.tool);
        if (!rights.allowed()) co_return rights;
    }
    const auto justification = call.justification.empty() ? friction::Justification::absent
                                                          : friction::Justification::given;
    const auto admit = [&call, justification](Guard& guard, friction::ToolId tool,
                                              MonotonicTime now) {
        return guard.admit(call.resource.index(), call.caller, tool, now, justification);
    };
    co_return co_await count_call(parts, call, admit);
}

io::Task<Decision> record_call(DecisionParts parts, ToolCall call) {
    const auto observe = [&call](Guard& guard, friction::ToolId tool, MonotonicTime now) {
        return friction::Admission{
            guard.observe(call.resource.index(), call.caller, tool, now), true, {}};
    };
    co_return co_await count_call(parts, call, observe);
}

}  // namespace sluice::resource
