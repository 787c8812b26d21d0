// Access rules and the decision on rights.
#include "resource/policy/policy.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/json.h"
#include "resource/decision/decision.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

using enum Ruling::Outcome;

Policy compiled(const std::vector<AccessRule>& rules, RuleAction default_action = RuleAction::allow,
                std::string_view required = "") {
    return Policy::compile(scopes(required), rules, default_action).value();
}

/// A rule for every tool with one condition.
AccessRule rule(RuleAction action, ConditionSettings when) {
    return {.match = ".*", .scopes = {}, .action = action, .when = {std::move(when)}};
}

/// What a tool needs of somebody who has no scope at all.
std::string needed_for(const Policy& policy, std::string_view tool) {
    const token::ScopeSet none;
    const Ruling ruling = policy.rule_on({.object = tool, .granted = &none});
    return ruling.needed == nullptr ? std::string() : std::string(ruling.needed->text());
}

/// What the rules say of a call with these arguments, by somebody with these attributes.
Ruling::Outcome ask(const Policy& policy, std::string_view arguments,
                    const std::vector<token::Attribute>& attributes = {},
                    std::string_view granted = "all") {
    const auto document = JsonDocument::parse(arguments).value();
    const token::ScopeSet held = scopes(granted);
    return policy
        .rule_on({.object = "tool",
                  .granted = &held,
                  .client_id = "worker",
                  .subject = "alice",
                  .attributes = attributes,
                  .arguments = {true, document.root()}})
        .outcome;
}

TEST(Policy, TheFirstRuleThatMatchesDecides) {
    const Policy policy = compiled(notes().rules, RuleAction::allow, "mcp:read");
    EXPECT_EQ(needed_for(policy, "delete_note"), "mcp:read mcp:write");
    EXPECT_EQ(needed_for(policy, "read_note"), "mcp:read");
    EXPECT_FALSE(policy.is_uniform());
}

TEST(Policy, ARuleMatchesTheWholeNameOnly) {
    const Policy policy = compiled({{"delete", scopes("mcp:write")}});
    EXPECT_EQ(needed_for(policy, "delete"), "mcp:write");
    for (const std::string_view name : {"delete_note", "undelete", "delete\n", "xdeletex", ""}) {
        EXPECT_EQ(needed_for(policy, name), "") << name;
    }
}

TEST(Policy, ANameWithALineEndOrBytesThatAreNoTextMeetsTheSameRules) {
    EXPECT_EQ(needed_for(compiled({{"(?s).*", scopes("all")}}), "a\nb"), "all");
}

TEST(Policy, AToolThatNoRuleMatchesNeedsWhatEveryRequestNeeds) {
    const Policy policy = compiled({{"a", scopes("more")}}, RuleAction::allow, "base");
    EXPECT_EQ(needed_for(policy, "b"), "base");
    EXPECT_EQ(policy.required().text(), "base");
}

TEST(Policy, IsUniformWhereEveryToolIsAllowedToWhoMayAskAtAll) {
    EXPECT_TRUE(compiled({}, RuleAction::allow, "base").is_uniform());
    EXPECT_TRUE(compiled({{".*", scopes("base")}}, RuleAction::allow, "base").is_uniform());
    EXPECT_FALSE(compiled({}, RuleAction::deny).is_uniform());
    EXPECT_FALSE(compiled({{"x", {}, "tools/call", RuleAction::deny}}).is_uniform());
    EXPECT_FALSE(compiled({rule(RuleAction::allow, {"client_id", {"worker"}})}).is_uniform());
    EXPECT_TRUE(compiled({{".*", {}, "prompts/get", RuleAction::deny}}).is_uniform());
}

TEST(Policy, APatternThatIsNoneIsRefusedWithItsReason) {
    const auto policy = Policy::compile(scopes(""), {{"(", scopes("x")}});
    ASSERT_FALSE(policy.has_value());
    EXPECT_NE(policy.error().find("("), std::string::npos);
}

TEST(Policy, APatternThatMakesOthersBacktrackCostsLinearTime) {
    const Policy policy = compiled({{"(a+)+$", scopes("x")}});
    const std::string name(10'000, 'a');
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(needed_for(policy, name + "!"), "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
}

TEST(Policy, ADenyRuleHoldsWhateverTheScopes) {
    const Policy policy = compiled({{"delete_.*", {}, "tools/call", RuleAction::deny}});
    const token::ScopeSet all = scopes("admin");
    EXPECT_EQ(policy.rule_on({.object = "delete_note", .granted = &all}).outcome, deny);
    EXPECT_EQ(policy.rule_on({.object = "delete_note"}).outcome, deny) << "nobody told the scopes";
    EXPECT_EQ(policy.rule_on({.object = "read_note", .granted = &all}).outcome, allow);
}

TEST(Policy, TheDefaultIsForWhatNoRuleNames) {
    const Policy policy = compiled({{"read_.*", {}}}, RuleAction::deny);
    const token::ScopeSet none;
    EXPECT_EQ(policy.rule_on({.object = "read_note", .granted = &none}).outcome, allow);
    EXPECT_EQ(policy.rule_on({.object = "write_note", .granted = &none}).outcome, deny);
    EXPECT_EQ(policy.rule_on({.method = "prompts/get", .object = "p", .granted = &none}).outcome,
              deny);
    EXPECT_EQ(policy.rule_on({.method = "tasks/get", .granted = &none}).outcome, allow)
        << "a task is asked for by who began it alone";
}

TEST(Policy, WhoDoesNotMeetTheConditionsOfAnAllowRuleIsDeniedAndNotLeftToTheDefault) {
    const Policy policy = compiled({rule(RuleAction::allow, {"user.department", {"engineering"}})});
    EXPECT_EQ(ask(policy, "{}", {{"department", "engineering"}}), allow);
    EXPECT_EQ(ask(policy, "{}", {{"department", "sales"}}), deny);
    EXPECT_EQ(ask(policy, "{}", {}), deny);
}

TEST(Policy, TheNextRuleIsTriedWhereAConditionFails) {
    std::vector<AccessRule> rules = {rule(RuleAction::allow, {"user.team", {"blue"}}),
                                     {".*", scopes("extra")}};
    rules[0].scopes = scopes("base");
    const Policy policy = compiled(rules);
    EXPECT_EQ(ask(policy, "{}", {{"team", "blue"}}, "base"), allow);
    EXPECT_EQ(ask(policy, "{}", {{"team", "red"}}, "base"), insufficient_scope);
    EXPECT_EQ(ask(policy, "{}", {{"team", "red"}}, "extra"), allow);
    EXPECT_EQ(ask(policy, "{}", {{"team", "blue"}}, "extra"), insufficient_scope)
        << "the first rule that applies decides, also by its scopes";
}

TEST(Policy, WhatCannotBeKnownHelpsNobody) {
    const token::ScopeSet all = scopes("all");
    const AccessRequest request{.object = "tool", .granted = &all};
    for (const char* attribute : {"user.department", "args.path", "sub", "client_id"}) {
        const ConditionSettings when{attribute, {"x"}};
        EXPECT_EQ(compiled({rule(RuleAction::allow, when)}).rule_on(request).outcome, deny)
            << attribute;
        EXPECT_EQ(compiled({rule(RuleAction::deny, when)}).rule_on(request).outcome, deny)
            << attribute;
    }
}

TEST(Policy, AListShowsWhatSomeArgumentsWouldAllow) {
    const token::ScopeSet all = scopes("all");
    const AccessRequest request{.object = "tool", .granted = &all};
    constexpr auto any = Policy::Arguments::any_at_all;
    const ConditionSettings when{"args.path", {"/public"}};
    EXPECT_EQ(compiled({rule(RuleAction::allow, when)}).rule_on(request, any).outcome, allow);
    EXPECT_EQ(compiled({rule(RuleAction::deny, when)}).rule_on(request, any).outcome, allow);
}

TEST(Policy, RulesOfMethodsAreAboutWhatTheyName) {
    const Policy policy = compiled({{"file:///public/.*", scopes("read"), "resources/read"},
                                    {".*", {}, "resources/read", RuleAction::deny},
                                    {".*", {}, "tasks/*", RuleAction::deny}});
    const token::ScopeSet read = scopes("read");
    const auto outcome = [&](std::string_view method, std::string_view object) {
        return policy.rule_on({.method = method, .object = object, .granted = &read}).outcome;
    };
    EXPECT_EQ(outcome("resources/read", "file:///public/a"), allow);
    EXPECT_EQ(outcome("resources/read", "file:///secret"), deny);
    EXPECT_EQ(outcome("tasks/cancel", ""), deny);
    EXPECT_EQ(outcome("prompts/get", "hello"), allow);
    EXPECT_EQ(outcome("tools/call", "file:///secret"), allow);
    EXPECT_TRUE(policy.governs_more_than_tools());
}

TEST(Policy, ATrialTellsWhatOneRuleThinks) {
    const Policy policy = compiled({rule(RuleAction::allow, {"user.team", {"blue"}}),
                                    {"other", scopes("x"), "tools/call", RuleAction::deny}});
    const token::ScopeSet none;
    const std::vector<token::Attribute> red = {{"team", "red"}};
    const AccessRequest request{.object = "tool", .granted = &none, .attributes = red};
    const RuleTrial first = policy.try_rule(0, request);
    EXPECT_TRUE(first.names_it);
    EXPECT_FALSE(first.applies);
    ASSERT_EQ(first.each.size(), 1U);
    EXPECT_EQ(first.each[0], std::pair(std::string("user.team"), Truth::no));
    EXPECT_FALSE(policy.try_rule(1, request).names_it);
}

TEST(Decision, NeedsTheScopesOfTheTool) {
    const Policy policy = compiled(notes().rules, RuleAction::allow, "mcp:read");
    const auto decided = [&](std::string_view granted, std::string_view tool) {
        const token::ScopeSet held = scopes(granted);
        return decide({.object = tool, .granted = &held}, policy);
    };
    EXPECT_TRUE(decided("mcp:read", "read_note").allowed());
    EXPECT_TRUE(decided("mcp:read mcp:write", "delete_note").allowed());

    const Decision lacking = decided("mcp:read", "delete_note");
    EXPECT_EQ(lacking.outcome, Decision::Outcome::insufficient_scope);
    ASSERT_NE(lacking.needed, nullptr);
    EXPECT_EQ(lacking.needed->text(), "mcp:read mcp:write");
    EXPECT_FALSE(decided("mcp:write", "delete_note").allowed());
}

}  // namespace
}  // namespace sluice::resource
