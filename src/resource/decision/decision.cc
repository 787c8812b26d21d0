#include "resource/decision/decision.h"

#include "base/check.h"

namespace sluice::resource {
namespace {

Decision of_admission(const friction::Admission& admission) {
    CHECK(admission.delay >= friction::Moment::zero());
    CHECK(admission.forward || admission.delay == friction::Moment::zero(), "a refusal waits");
    Decision decision{.delay = std::chrono::duration_cast<Duration>(admission.delay),
                      .friction = admission.decision};
    if (!admission.forward) {
        decision.outcome = admission.asks_reason ? Decision::Outcome::ask_justification
                                                 : Decision::Outcome::refuse_friction;
    }
    return decision;
}

CallOutcome outcome_of(const Decision& decision) {
    switch (decision.outcome) {
        case Decision::Outcome::ask_justification:
            return CallOutcome::asked;
        case Decision::Outcome::refuse_friction:
            return CallOutcome::refused;
        default:
            return decision.delay.count() > 0 ? CallOutcome::delayed : CallOutcome::allowed;
    }
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

void report_outcome(const DecisionParts& parts, const ToolCall& call, friction::ToolId tool,
                    const Decision& decision) {
    parts.observer.on_tool_call({.resource = call.resource.index(),
                                 .tool = tool,
                                 .outcome = outcome_of(decision),
                                 .client_id = call.client_id,
                                 .subject = call.subject,
                                 .tool_name = call.tool,
                                 .justification = call.justification,
                                 .decision = decision.friction});
}

void report_counted(const DecisionParts& parts, const ToolCall& call) {
    parts.observer.on_counted({.resource = call.resource.settings().path,
                               .client_id = call.client_id,
                               .subject = call.subject,
                               .tool_name = call.tool,
                               .request_id = call.request_id});
}

}  // namespace

Decision decide(const AccessRequest& request, const Policy& policy, Policy::Arguments arguments) {
    const Ruling ruling = policy.rule_on(request, arguments);
    Decision decision{.needed = ruling.needed, .rule = ruling.rule};
    switch (ruling.outcome) {
        case Ruling::Outcome::allow:
            break;
        case Ruling::Outcome::insufficient_scope:
            CHECK(!ruling.needed->empty(), "nothing is needed that is lacking");
            decision.outcome = Decision::Outcome::insufficient_scope;
            break;
        case Ruling::Outcome::deny:
            decision.outcome = Decision::Outcome::access_denied;
            break;
    }
    return decision;
}

io::Task<Decision> decide_call(DecisionParts parts, ToolCall call) {
    if (!call.counts_only) {
        const Decision rights = decide({.method = call.method,
                                        .object = call.tool,
                                        .granted = call.granted,
                                        .client_id = call.client_id,
                                        .subject = call.subject,
                                        .attributes = call.attributes,
                                        .arguments = call.arguments},
                                       call.resource.policy());
        if (!rights.allowed()) co_return rights;
    }
    const friction::FrictionConfig* const config = call.resource.settings().friction.get();
    const bool is_tool_call = call.method == "tools/call";
    if (config == nullptr || call.is_retry || !is_tool_call) co_return Decision{};
    const friction::ToolId tool = config->tool(call.tool);
    if (!tool.is_listed() && call.name_is_unproven) {
        const auto knows = [&call](const Guard& guard) {
            return guard.knows_tool(call.resource.index(), call.tool);
        };
        if (!co_await parts.guards.call(parts.shard, parts.shard.index(), knows)) {
            co_return Decision{.counts_once_answered = true};
        }
    }
    if (!tool.is_listed()) report_counted(parts, call);
    const auto justification = call.justification.empty() ? friction::Justification::absent
                                                          : friction::Justification::given;
    const auto count = [index = call.resource.index(), caller = call.caller, tool,
                        counts_only = call.counts_only, justification,
                        now = parts.shard.now()](Guard& guard) {
        return counts_only ? friction::Admission{guard.observe(index, caller, tool, now), true, {}}
                           : guard.admit(index, caller, tool, now, justification);
    };
    const unsigned owner = call.caller.owner(parts.guards.count());
    Decision decision = of_admission(co_await parts.guards.call(parts.shard, owner, count));
    CHECK(!call.counts_only || decision.allowed(), "a call that was made is counted");
    CHECK(decision.outcome != Decision::Outcome::refuse_friction ||
          decision.friction.retry_after_seconds > 0);
    decision.has_friction = tool.is_listed();
    report_outcome(parts, call, tool, decision);
    if (decision.has_friction) report(parts, call, decision);
    co_return decision;
}

io::Task<void> count_answered(DecisionParts parts, ToolCall call) {
    const friction::FrictionConfig* const config = call.resource.settings().friction.get();
    if (config == nullptr) co_return;
    co_await parts.guards.call(parts.shard, parts.shard.index(), [&call](Guard& guard) {
        guard.learn_tool(call.resource.index(), call.tool);
    });
    call.counts_only = true;
    call.name_is_unproven = false;
    static_cast<void>(co_await decide_call(parts, call));
}

}  // namespace sluice::resource
