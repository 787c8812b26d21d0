// The rules of [resource.friction].
#include <limits>

#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using namespace std::chrono_literals;

// Line 11 is [resource.friction], `lines` begin at 12.
std::string friction(std::string_view lines) {
    return followed_by("[resource.friction]\n" + std::string(lines) + '\n');
}

TEST(ConfigFriction, HasTheDocumentedDefaults) {
    const Config config = config_of(friction("[resource.friction.tools.t]\ntarget_rate = 0.1"));
    ASSERT_TRUE(config.gateway().resources[0].friction);
    const friction::FrictionConfig& settings = *config.gateway().resources[0].friction;
    EXPECT_EQ(settings.window_size(), 100U);
    EXPECT_EQ(settings.ema_alpha(), 0.15);
    EXPECT_EQ(settings.asymmetric_decay(), 2.0);
    EXPECT_EQ(settings.warmup_calls(), 20U);
    EXPECT_EQ(settings.penalty_ttl().count(), 3600.0);
    EXPECT_EQ(settings.default_budget(), std::numeric_limits<double>::infinity());
    ASSERT_EQ(settings.tools().size(), 1U);
    EXPECT_EQ(settings.tools()[0].name, "t");
    EXPECT_EQ(settings.tools()[0].min_cost, 0.5);
    EXPECT_EQ(settings.tools()[0].max_cost, 10.0);
    EXPECT_EQ(settings.tools()[0].justification_threshold, 0.6);
    EXPECT_EQ(settings.tools()[0].hard_block_threshold, 0.95);
    EXPECT_EQ(settings.tools()[0].mode, friction::Mode::block);
    EXPECT_EQ(settings.tools()[0].max_delay.count(), 2.0);
    EXPECT_FALSE(settings.tools()[0].require_justification);
}

TEST(ConfigFriction, AToolMayDifferFromItsResource) {
    const Config config = config_of(friction(R"(mode = "delay"
max_delay = "4s"
require_justification = true
[resource.friction.tools.alike]
target_rate = 0.1
[resource.friction.tools.other]
target_rate = 0.1
mode = "observe"
max_delay = "250ms"
require_justification = false)"));
    const auto tools = config.gateway().resources[0].friction->tools();
    EXPECT_EQ(tools[0].mode, friction::Mode::delay);
    EXPECT_EQ(tools[0].max_delay.count(), 4.0);
    EXPECT_TRUE(tools[0].require_justification);
    EXPECT_EQ(tools[1].mode, friction::Mode::observe);
    EXPECT_EQ(tools[1].max_delay.count(), 0.25);
    EXPECT_FALSE(tools[1].require_justification);
}

TEST(ConfigFriction, AToolsOwnModeAndDelayAreChecked) {
    const std::string tool = "[resource.friction.tools.t]\ntarget_rate = 0.1\n";
    expect_problem(friction(tool + "mode = \"deny\""), "14: resource[0].friction.tools.t.mode",
                   "block, delay, ladder, observe");
    expect_problem(friction(tool + "max_delay = \"11m\""),
                   "14: resource[0].friction.tools.t.max_delay", "10m");
}

TEST(ConfigFriction, IsOffWhereItIsNotEnabled) {
    EXPECT_FALSE(config_of(friction("enabled = false")).gateway().resources[0].friction);
    EXPECT_TRUE(config_of(friction("enabled = true")).gateway().resources[0].friction);
}

TEST(ConfigFriction, BudgetIsANumberOrInfinite) {
    const auto budget = [](std::string_view value) {
        return config_of(friction("default_budget = " + std::string(value)))
            .gateway()
            .resources[0]
            .friction->default_budget();
    };
    EXPECT_EQ(budget("500"), 500.0);
    EXPECT_EQ(budget("12.5"), 12.5);
    EXPECT_EQ(budget("inf"), std::numeric_limits<double>::infinity());
    expect_problem(friction("default_budget = -1"), "12: resource[0].friction.default_budget",
                   "-1 is not 0 or more");
}

TEST(ConfigFriction, ModeIsOneOfFour) {
    expect_problem(friction("mode = \"deny\""), "12: resource[0].friction.mode",
                   "block, delay, ladder, observe");
}

struct Bound {
    const char* key;
    const char* inside;
    const char* outside;
};

TEST(ConfigFriction, NumbersHaveBounds) {
    for (const auto& [key, inside, outside] :
         std::initializer_list<Bound>{{"window_size", "1", "0"},
                                      {"ema_alpha", "1", "0"},
                                      {"ema_alpha", "0.5", "1.1"},
                                      {"adjustment_rate", "1", "-0.1"},
                                      {"asymmetric_decay", "1", "0"},
                                      {"dead_zone", "0", "-1"},
                                      {"warmup_calls", "0", "-1"},
                                      {"time_decay_rate", "0", "-0.001"},
                                      {"saturation_threshold", "1", "0"},
                                      {"saturation_window", "0", "-1"},
                                      {"saturation_relief_rate", "0", "2"},
                                      {"max_clients", "1", "0"},
                                      {"penalty_min_friction", "0", "1.1"},
                                      {"penalty_ttl", "\"365d\"", "\"366d\""},
                                      {"max_delay", "\"10m\"", "\"11m\""}}) {
        const auto line = [&](const char* value) { return std::string(key) + " = " + value; };
        EXPECT_EQ(problems_of(friction(line(inside))), "") << key;
        expect_problem(friction(line(outside)), "12: resource[0].friction." + std::string(key),
                       " is not ");
    }
}

TEST(ConfigFriction, AToolNeedsATargetRate) {
    expect_problem(friction("[resource.friction.tools.t]\nmin_cost = 1"),
                   "12: resource[0].friction.tools.t.target_rate", "is missing");
    expect_problem(friction("[resource.friction.tools.t]\ntarget_rate = 1.5"),
                   "13: resource[0].friction.tools.t.target_rate", "is not between 0 and 1");
}

TEST(ConfigFriction, AToolsCostsAreInOrder) {
    expect_problem(friction("[resource.friction.tools.t]\ntarget_rate = 0.1\nmin_cost = 11"),
                   "12: resource[0].friction.tools.t.max_cost", "10 is below min_cost, 11");
}

TEST(ConfigFriction, AGroupHasKnownToolsAndATarget) {
    const std::string tool =
        "[resource.friction.tools.t]\ntarget_rate = 0.1\n[resource.friction.groups.g]\n";
    const Config config = config_of(friction(tool + "tools = [\"t\"]\naggregate_target = 0.2"));
    const auto& group = config.gateway().resources[0].friction->groups()[0];
    EXPECT_EQ(group.name, "g");
    EXPECT_EQ(group.members.size(), 1U);
    EXPECT_EQ(group.aggregate_target, 0.2);
    EXPECT_EQ(group.pressure_weight, 1.0);
    expect_problem(friction(tool + "tools = [\"t\", \"u\"]\naggregate_target = 0.2"),
                   "15: resource[0].friction.groups.g.tools[1]",
                   "has no table [resource.friction.tools.u]");
    expect_problem(friction(tool + "tools = [\"t\"]"),
                   "14: resource[0].friction.groups.g.aggregate_target", "is missing");
    expect_problem(friction(tool + "aggregate_target = 0.2"),
                   "14: resource[0].friction.groups.g.tools", "names no tool");
}

}  // namespace
}  // namespace sluice::config::testing
