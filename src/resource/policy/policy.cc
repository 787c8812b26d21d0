#include "resource/policy/policy.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.h"
#include "base/result.h"
#include "resource/policy/pattern.h"

namespace sluice::resource {
namespace {

constexpr std::string_view tool_call = "tools/call";

bool is_task(std::string_view method) {
    return method.starts_with("tasks/");
}

}  // namespace

bool Policy::Rule::names_method(std::string_view method) const {
    const std::string_view own = settings.method;
    return own.ends_with('*') ? method.starts_with(own.substr(0, own.size() - 1)) : method == own;
}

Truth Policy::Rule::test(const AccessRequest& request, Arguments arguments) const {
    const bool any_at_all = arguments == Arguments::any_at_all && !request.arguments.seen;
    Truth all = Truth::yes;
    for (const Condition& condition : conditions) {
        // Somebody's arguments may pass an allow rule, and escape a deny rule.
        if (any_at_all && condition.is_about_arguments()) {
            if (settings.action == RuleAction::deny) return Truth::no;
            continue;
        }
        all = both(all, condition.test(request));
        if (all == Truth::no) break;
    }
    return all;
}

std::expected<Policy, std::string> Policy::compile(const token::ScopeSet& required_scopes,
                                                   const std::vector<AccessRule>& rules,
                                                   RuleAction default_action) {
    Policy policy;
    policy.required_ = required_scopes;
    policy.default_action_ = default_action;
    policy.about_methods_ = default_action == RuleAction::deny;
    if (!rules.empty()) policy.known_.resize(known_count);
    for (const AccessRule& settings : rules) {
        TRY(Pattern pattern, Pattern::compile(settings.match));
        Rule& rule = policy.rules_.emplace_back(settings, std::move(pattern),
                                                required_scopes.union_with(settings.scopes));
        policy.about_methods_ |= settings.method != tool_call;
        for (const ConditionSettings& when : settings.when) {
            TRY(Condition condition, Condition::compile(when));
            policy.about_arguments_ |= condition.is_about_arguments();
            policy.about_person_ |= condition.is_about_person();
            rule.conditions.push_back(std::move(condition));
        }
    }
    return policy;
}

Ruling Policy::rule_on(const AccessRequest& request, Arguments arguments) const {
    CHECK(request.method == tool_call || is_governed_method(request.method));
    if (request.method == tool_call && !rules_.empty()) {
        return rule_by(rules_naming_tool(request.object), request, arguments);
    }
    return rule_by(rules_naming(request.method, request.object), request, arguments);
}

Ruling Policy::rule_by(const Places& named, const AccessRequest& request,
                       Arguments arguments) const {
    bool allow_rule_names_it = false;
    for (const std::uint32_t place : named) {
        const Rule& rule = rules_[place];
        const Truth truth = rule.test(request, arguments);
        if (rule.settings.action == RuleAction::deny) {
            if (truth != Truth::no) return {Ruling::Outcome::deny, place, nullptr};
            continue;
        }
        allow_rule_names_it = true;
        if (truth != Truth::yes) continue;
        if (grants(request, rule.needed)) return {Ruling::Outcome::allow, place, nullptr};
        return {Ruling::Outcome::insufficient_scope, place, &rule.needed};
    }
    const bool denied =
        allow_rule_names_it || (default_action_ == RuleAction::deny && !is_task(request.method));
    if (denied) return {Ruling::Outcome::deny, std::nullopt, nullptr};
    if (!grants(request, required_)) {
        return {Ruling::Outcome::insufficient_scope, std::nullopt, &required_};
    }
    return {};
}

RuleTrial Policy::try_rule(std::size_t place, const AccessRequest& request) const {
    CHECK(place < rules_.size());
    const Rule& rule = rules_[place];
    RuleTrial trial{
        .names_it = rule.names_method(request.method) && rule.pattern.matches(request.object),
        .has_scopes = grants(request, rule.needed)};
    for (const Condition& condition : rule.conditions) {
        const Truth truth = condition.test(request);
        trial.each.emplace_back(condition.attribute(), truth);
        trial.conditions = both(trial.conditions, truth);
    }
    trial.applies = trial.names_it &&
                    (rule.settings.action == RuleAction::deny ? trial.conditions != Truth::no
                                                              : trial.conditions == Truth::yes);
    return trial;
}

bool Policy::grants(const AccessRequest& request, const token::ScopeSet& needed) const {
    return request.granted == nullptr || request.granted->includes(needed);
}

const Policy::Places& Policy::rules_naming_tool(std::string_view tool) const {
    CHECK(known_.size() == known_count);
    Known& known = known_[std::hash<std::string_view>{}(tool) % known_count];
    if (known.tool != tool || tool.empty()) {
        known.rules = rules_naming(tool_call, tool);
        known.tool = tool;
    }
    return known.rules;
}

Policy::Places Policy::rules_naming(std::string_view method, std::string_view object) const {
    Places places;
    for (std::size_t place = 0; place < rules_.size(); ++place) {
        const Rule& rule = rules_[place];
        if (!rule.names_method(method) || !rule.pattern.matches(object)) continue;
        places.push_back(static_cast<std::uint32_t>(place));
        if (rule.conditions.empty()) break;  // it decides, whoever asks
    }
    return places;
}

bool Policy::is_uniform() const {
    return default_action_ == RuleAction::allow &&
           std::ranges::all_of(rules_, [&](const Rule& rule) {
               return !rule.names_method(tool_call) ||
                      (rule.settings.action == RuleAction::allow && rule.conditions.empty() &&
                       rule.needed == required_);
           });
}

}  // namespace sluice::resource
