// The rules of [[resource.tool]] and [[resource.rule]].
#include "config/check_access_rule.h"

#include <fmt/format.h>

#include "config/checks.h"
#include "resource/policy/condition.h"
#include "resource/policy/pattern.h"

namespace sluice::config {
namespace {

using resource::RuleAction;

bool check_pattern(const Setting<std::string>& match, Problems& problems) {
    const auto pattern = resource::Pattern::compile(*match);
    if (pattern) return true;
    problems.add(match.place,
                 fmt::format("\"{}\" is not a valid RE2 pattern: {}", *match, pattern.error()));
    return false;
}

std::vector<std::string> texts_of(const StringList& list) {
    std::vector<std::string> texts;
    for (const Setting<std::string>& element : list) texts.push_back(*element);
    return texts;
}

std::optional<double> number_of(const Setting<double>& setting) {
    return setting.given ? std::optional(*setting) : std::nullopt;
}

resource::ConditionSettings check_condition(const Named<RawCondition>& named, Problems& problems) {
    const RawCondition& raw = named.table;
    resource::ConditionSettings settings{.attribute = named.name,
                                         .any_of = texts_of(raw.any),
                                         .all_of = texts_of(raw.all),
                                         .match = *raw.match,
                                         .min = number_of(raw.min),
                                         .max = number_of(raw.max)};
    const int given = int{!raw.any.empty()} + int{!raw.all.empty()} + int{!raw.match->empty()} +
                      int{raw.min.given || raw.max.given};
    if (given != 1) {
        problems.add(raw.place,
                     "needs values, like [\"a\", \"b\"], or a table with one of any, all, match "
                     "and min or max");
        return settings;
    }
    if (!raw.match->empty() && !check_pattern(raw.match, problems)) return settings;
    if (raw.min.given && raw.max.given && *raw.min > *raw.max) {
        problems.add(raw.min.place, "is more than max, so that no number passes");
    }
    if (const auto condition = resource::Condition::compile(settings); !condition) {
        problems.add(raw.place, condition.error());
    }
    return settings;
}

// What both kinds of rule have.
resource::AccessRule check_rule(const auto& raw, const token::ScopeSet* scopes,
                                Problems& problems) {
    check_pattern(raw.match, problems);
    resource::AccessRule rule{
        .match = *raw.match,
        .scopes = check_scopes(raw.scopes, scopes, problems),
        .action = choose(raw.action, rule_actions, problems).value_or(RuleAction::deny)};
    if (rule.action == RuleAction::deny && !raw.scopes.empty()) {
        problems.add(raw.scopes.front().place,
                     "a deny rule needs no scopes; `when = { scope = [...] }` tests them");
    }
    for (const Named<RawCondition>& condition : raw.when) {
        rule.when.push_back(check_condition(condition, problems));
    }
    return rule;
}

void check_method(const Setting<std::string>& method, Problems& problems) {
    if (!check_given(method, "what is asked for, like \"resources/read\" or \"tasks/*\"",
                     problems)) {
        return;
    }
    if (*method == "tools/call") {
        problems.add(method.place, "is about tools, whose rules are [[resource.tool]]");
    } else if (!resource::is_governed_method(*method)) {
        problems.add(
            method.place,
            fmt::format("\"{}\" is not one of resources/read, resources/subscribe, "
                        "resources/unsubscribe, prompts/get, completion/complete and tasks/*",
                        *method));
    }
}

}  // namespace

std::vector<resource::AccessRule> check_access_rules(const RawResource& raw,
                                                     const token::ScopeSet* scopes,
                                                     Problems& problems) {
    std::vector<resource::AccessRule> checked;
    for (const RawToolRule& rule : raw.tools) {
        check_given(rule.match, "a pattern for the names of tools; \".*\" is every tool", problems);
        checked.push_back(check_rule(rule, scopes, problems));
    }
    for (const RawMethodRule& rule : raw.rules) {
        check_method(rule.method, problems);
        checked.push_back(check_rule(rule, scopes, problems));
        checked.back().method = *rule.method;
    }
    return checked;
}

}  // namespace sluice::config
