// Recorded decisions of the reference's policy engine, asked of access rules.
//
// The reference has no order: a deny rule whose scopes are held wins, else any allow rule whose
// scopes are held and whose conditions hold, else it denies. In access rules that is: deny rules
// first, scopes as a condition of each, default deny, and patterns that are anchored at their start
// alone. Its values are compared as Python does (True == 1): so claims and conditions are written
// in one canonical form before they are compared as texts.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "resource/policy/policy.h"
#include "rules.h"

namespace sluice::replay {

namespace policy {

using resource::AccessRule;
using resource::ConditionSettings;
using resource::RuleAction;

/// What no value is written as: a list of conditions may be empty.
inline const std::string nothing;

/// Equal for values that Python takes for equal.
inline std::string canonical(const JsonValue& value) {
    if (const auto truth = value.boolean()) return *truth ? "1" : "0";
    if (const auto number = value.number()) return fmt::format("{}", *number);
    if (value.is_array()) {
        std::string text = "[";
        for (const JsonValue& element : value.elements()) text += canonical(element) + ",";
        return text + "]";
    }
    return rules::as_json(value);
}

inline std::vector<std::string> texts_of(const JsonValue& list) {
    std::vector<std::string> texts;
    for (const JsonValue& element : list.elements()) {
        texts.emplace_back(element.string().value_or(""));
    }
    return texts;
}

inline token::ScopeSet scopes_of(const std::vector<std::string>& names) {
    token::ScopeSet scopes;
    for (const std::string& name : names) scopes.insert(name);
    return scopes;
}

/// The reference's rule, as an access rule.
inline AccessRule rule_of(const JsonValue& recorded) {
    AccessRule rule{.match = fmt::format("(?:{})(?s:.*)", *recorded.find_string("match")),
                    .scopes = {}};
    const bool denies = recorded.find_string("action") == "deny";
    rule.action = denies ? RuleAction::deny : RuleAction::allow;
    const auto scopes = recorded.find("scopes");
    if (const auto names = scopes ? texts_of(*scopes) : std::vector<std::string>();
        !names.empty()) {
        rule.when.push_back({.attribute = "scope", .all_of = names});
    }
    const auto conditions = recorded.find("conditions");
    if (denies || !conditions) return rule;
    for (const auto& [key, value] : conditions->members()) {
        ConditionSettings condition{.attribute = fmt::format("user.{}", key),
                                    .any_of = {value.is_array() ? nothing : canonical(value)}};
        for (const JsonValue& element : value.elements()) {
            condition.any_of.push_back(canonical(element));
        }
        rule.when.push_back(std::move(condition));
    }
    return rule;
}

/// Those of one case, deny rules first.
inline std::vector<AccessRule> rules_of(const JsonValue& recorded) {
    std::vector<AccessRule> access_rules;
    for (const RuleAction action : {RuleAction::deny, RuleAction::allow}) {
        for (const JsonValue& recorded_rule : recorded.elements()) {
            AccessRule rule = rule_of(recorded_rule);
            if (rule.action == action) access_rules.push_back(std::move(rule));
        }
    }
    return access_rules;
}

inline std::string reason_of(const resource::Policy& compiled,
                             const std::vector<AccessRule>& access_rules,
                             const resource::AccessRequest& request,
                             const resource::Ruling& ruling) {
    bool is_named = false;
    bool is_named_by_allow = false;
    for (std::size_t place = 0; place < access_rules.size(); ++place) {
        if (!compiled.try_rule(place, request).names_it) continue;
        is_named = true;
        is_named_by_allow |= access_rules[place].action == RuleAction::allow;
    }
    const std::string tool = fmt::format("tool '{}'", request.object);
    if (!is_named) return "No policy found for " + tool + ", default deny";
    if (ruling.rule) return "Explicit deny policy for " + tool;
    if (!is_named_by_allow) return "No allow policies found for " + tool;
    return "Insufficient scopes for " + tool;
}

/// To the reference a claim that is not there is None, once there are claims at all.
inline void add_absent_claims(const std::vector<AccessRule>& access_rules,
                              std::vector<token::Attribute>& attributes) {
    constexpr std::string_view prefix = "user.";
    for (const AccessRule& rule : access_rules) {
        for (const ConditionSettings& condition : rule.when) {
            if (!condition.attribute.starts_with(prefix)) continue;
            const std::string name = condition.attribute.substr(prefix.size());
            const bool is_there = std::ranges::any_of(
                attributes, [&](const token::Attribute& one) { return one.name == name; });
            if (!is_there) attributes.push_back({name, "null"});
        }
    }
}

inline void replay_ask(const resource::Policy& compiled, const std::vector<AccessRule>& rules_asked,
                       const JsonValue& ask, Report& report) {
    const token::ScopeSet granted = scopes_of(texts_of(*ask.find("scopes")));
    std::vector<token::Attribute> attributes;
    if (const auto claims = ask.find("claims")) {
        for (const auto& [key, value] : claims->members()) {
            attributes.push_back({std::string(key), canonical(value)});
        }
    }
    if (!attributes.empty()) add_absent_claims(rules_asked, attributes);
    const resource::AccessRequest request{
        .object = *ask.find_string("tool"), .granted = &granted, .attributes = attributes};
    const resource::Ruling ruling = compiled.rule_on(request);
    const bool allowed = ruling.outcome == resource::Ruling::Outcome::allow;
    const std::string reason =
        allowed ? "null" : rules::as_json(reason_of(compiled, rules_asked, request, ruling));
    report.expect("policy", rules::as_json(ask),
                  rules::as_json(*ask.find("allowed")) + " " + rules::as_json(*ask.find("reason")),
                  rules::as_json(allowed) + " " + reason);
}

/// The patterns of allow rules whose scopes are held: the reference's get_allowed_tools().
inline void replay_allowed_patterns(const JsonValue& recorded, const JsonValue& question,
                                    Report& report) {
    const token::ScopeSet granted = scopes_of(texts_of(*question.find("scopes")));
    std::string patterns = "[";
    for (const JsonValue& rule : recorded.elements()) {
        if (rule.find_string("action") == "deny") continue;
        AccessRule access_rule = rule_of(rule);
        std::erase_if(access_rule.when,
                      [](const ConditionSettings& one) { return one.attribute != "scope"; });
        access_rule.match = "(?s).*";
        const auto compiled =
            resource::Policy::compile({}, {access_rule}, RuleAction::deny).value();
        const resource::AccessRequest request{.object = "any", .granted = &granted};
        if (compiled.rule_on(request).outcome != resource::Ruling::Outcome::allow) continue;
        if (patterns.size() > 1) patterns += ',';
        patterns += rules::as_json(*rule.find_string("match"));
    }
    report.expect("allowed_patterns", rules::as_json(question),
                  rules::as_json(*question.find("expect")), patterns + "]");
}

}  // namespace policy

/// A text that is no such object is a failure.
inline Report replay_policy(std::string_view text) {
    Report report;
    const auto document = JsonDocument::parse(text);
    const auto cases = document ? document->root().find("cases") : std::nullopt;
    if (!cases) {
        report.failures.push_back({"(file)", "", "a JSON object with cases", "another value"});
        return report;
    }
    for (const JsonValue& item : cases->elements()) {
        const auto recorded = *item.find("rules");
        const auto access_rules = policy::rules_of(recorded);
        const auto compiled =
            resource::Policy::compile({}, access_rules, resource::RuleAction::deny);
        if (!compiled) {
            report.failures.push_back({"rules", rules::as_json(recorded), "", compiled.error()});
            continue;
        }
        for (const JsonValue& ask : item.find("asks")->elements()) {
            policy::replay_ask(*compiled, access_rules, ask, report);
        }
        for (const JsonValue& question : item.find("allowed_patterns")->elements()) {
            policy::replay_allowed_patterns(recorded, question, report);
        }
    }
    return report;
}

}  // namespace sluice::replay
