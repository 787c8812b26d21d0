// Tool rules and the decision on a tool.
#include "resource/tools/policy.h"

#include <gtest/gtest.h>

#include <chrono>

#include "resource/decision/decision.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

Policy policy_of(const ResourceSettings& resource) {
    return Policy::compile(resource.required_scopes, resource.tools).value();
}

TEST(Policy, TheFirstRuleThatMatchesDecides) {
    const Policy policy = policy_of(notes());
    EXPECT_EQ(policy.needed_for("delete_note").text(), "mcp:read mcp:write");
    EXPECT_EQ(policy.needed_for("read_note").text(), "mcp:read");
    EXPECT_FALSE(policy.is_uniform());
}

TEST(Policy, ARuleMatchesTheWholeNameOnly) {
    const auto policy = Policy::compile(scopes(""), {{"delete", scopes("mcp:write")}});
    EXPECT_EQ(policy.value().needed_for("delete").text(), "mcp:write");
    for (const std::string_view name : {"delete_note", "undelete", "delete\n", "xdeletex", ""}) {
        EXPECT_EQ(policy.value().needed_for(name).text(), "") << name;
    }
}

TEST(Policy, ANameWithALineEndOrBytesThatAreNoTextMeetsTheSameRules) {
    const auto policy = Policy::compile(scopes(""), {{"(?s).*", scopes("all")}});
    EXPECT_EQ(policy.value().needed_for("a\nb").text(), "all");
}

TEST(Policy, AToolThatNoRuleMatchesNeedsWhatEveryRequestNeeds) {
    const auto policy = Policy::compile(scopes("base"), {{"a", scopes("more")}});
    EXPECT_EQ(policy.value().needed_for("b").text(), "base");
    EXPECT_EQ(policy.value().required().text(), "base");
}

TEST(Policy, IsUniformWhereNoToolNeedsMore) {
    EXPECT_TRUE(Policy::compile(scopes("base"), {}).value().is_uniform());
    EXPECT_TRUE(Policy::compile(scopes("base"), {{".*", scopes("base")}}).value().is_uniform());
}

TEST(Policy, APatternThatIsNoneIsRefusedWithItsReason) {
    const auto policy = Policy::compile(scopes(""), {{"(", scopes("x")}});
    ASSERT_FALSE(policy.has_value());
    EXPECT_NE(policy.error().find("("), std::string::npos);
}

TEST(Policy, APatternThatMakesOthersBacktrackCostsLinearTime) {
    const auto policy = Policy::compile(scopes(""), {{"(a+)+$", scopes("x")}});
    const std::string name(10'000, 'a');
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(policy.value().needed_for(name + "!").text(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
}

TEST(Decision, NeedsTheScopesOfTheTool) {
    const Policy policy = policy_of(notes());
    EXPECT_TRUE(decide(scopes("mcp:read"), policy, "read_note").allowed());
    EXPECT_TRUE(decide(scopes("mcp:read mcp:write"), policy, "delete_note").allowed());

    const Decision denied = decide(scopes("mcp:read"), policy, "delete_note");
    EXPECT_EQ(denied.outcome, Decision::Outcome::insufficient_scope);
    ASSERT_NE(denied.needed, nullptr);
    EXPECT_EQ(denied.needed->text(), "mcp:read mcp:write");
    EXPECT_FALSE(decide(scopes("mcp:write"), policy, "delete_note").allowed());
}

TEST(Decision, FrictionRefusesOrDelaysWhatScopesAllow) {
    const Policy policy = policy_of(notes());
    const token::ScopeSet alice = scopes("mcp:read");
    const friction::Admission refused{.decision = {}, .forward = false, .delay = {}};
    EXPECT_EQ(decide(alice, policy, "read_note", &refused).outcome,
              Decision::Outcome::refuse_friction);
    EXPECT_EQ(decide(alice, policy, "delete_note", &refused).outcome,
              Decision::Outcome::insufficient_scope);

    const friction::Admission delayed{
        .decision = {}, .forward = true, .delay = friction::Moment(0.25)};
    const Decision late = decide(alice, policy, "read_note", &delayed);
    EXPECT_TRUE(late.allowed());
    EXPECT_EQ(late.delay, std::chrono::milliseconds(250));
}

}  // namespace
}  // namespace sluice::resource
