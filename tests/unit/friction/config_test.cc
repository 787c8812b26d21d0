#include "friction/config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "support.h"

namespace sluice::friction {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> problem_keys(const RawFrictionConfig& raw) {
    std::vector<std::string> keys;
    const auto config = validate(raw);
    if (config) return keys;
    for (const Problem& problem : config.error()) keys.push_back(problem.key);
    return keys;
}

TEST(FrictionConfig, TheDefaultsAreValid) {
    RawFrictionConfig raw;
    EXPECT_TRUE(problem_keys(raw).empty());
    raw.tools = {{.name = "write"}};
    EXPECT_TRUE(problem_keys(raw).empty());
}

TEST(FrictionConfig, EveryProblemIsReportedAtOnce) {
    RawFrictionConfig raw;
    raw.max_delay_seconds = -1;
    raw.window_size = 0;
    raw.ema_alpha = 0;
    raw.adjustment_rate = -0.1;
    raw.asymmetric_decay = 0;
    raw.dead_zone = 1.5;
    raw.warmup_calls = -1;
    raw.time_decay_rate = -1;
    raw.default_budget = -1;
    raw.saturation_threshold = 0;
    raw.saturation_window = -1;
    raw.saturation_relief_rate = 2;
    raw.max_clients = 0;
    raw.penalty_ttl_seconds = -1;
    raw.penalty_min_friction = 2;
    raw.tools = {{.name = "write",
                  .target_rate = 1.1,
                  .min_cost = -1,
                  .max_cost = -2,
                  .justification_threshold = 0,
                  .hard_block_threshold = 1.1},
                 {.name = "write"},
                 {.name = ""}};
    raw.groups = {{.name = "all",
                   .tools = {"write", "write"},
                   .aggregate_target = -0.1,
                   .pressure_weight = -1},
                  {.name = "none", .tools = {}}};
    const std::vector<std::string> expected{"max_delay",
                                            "window_size",
                                            "ema_alpha",
                                            "adjustment_rate",
                                            "asymmetric_decay",
                                            "dead_zone",
                                            "warmup_calls",
                                            "time_decay_rate",
                                            "default_budget",
                                            "saturation_threshold",
                                            "saturation_window",
                                            "saturation_relief_rate",
                                            "max_clients",
                                            "penalty_ttl",
                                            "penalty_min_friction",
                                            "tools.write",
                                            "tools",
                                            "tools.write.target_rate",
                                            "tools.write.min_cost",
                                            "tools.write.max_cost",
                                            "tools.write.max_cost",
                                            "tools.write.justification_threshold",
                                            "tools.write.hard_block_threshold",
                                            "groups.all.tools",
                                            "groups.all.aggregate_target",
                                            "groups.all.pressure_weight",
                                            "groups.none.tools"};
    EXPECT_EQ(problem_keys(raw), expected);
}

TEST(FrictionConfig, AnUnlimitedBudgetAndNoBudgetAtAllAreBothAllowed) {
    RawFrictionConfig raw;
    for (const double budget : {0.0, std::numeric_limits<double>::infinity()}) {
        raw.default_budget = budget;
        EXPECT_TRUE(problem_keys(raw).empty()) << budget;
    }
    raw.default_budget = -std::numeric_limits<double>::denorm_min();
    EXPECT_EQ(problem_keys(raw), std::vector<std::string>{"default_budget"});
}

TEST(FrictionConfig, NotANumberIsNowhereAllowed) {
    RawFrictionConfig raw;
    raw.ema_alpha = not_a_number;
    raw.dead_zone = not_a_number;
    raw.default_budget = not_a_number;
    raw.tools = {{.name = "write", .target_rate = not_a_number, .max_cost = not_a_number}};
    EXPECT_EQ(problem_keys(raw),
              (std::vector<std::string>{"ema_alpha", "dead_zone", "default_budget",
                                        "tools.write.target_rate", "tools.write.max_cost"}));
}

TEST(FrictionConfig, AProblemNamesTheValueAndWhatIsAllowed) {
    RawFrictionConfig raw;
    raw.window_size = 70'000;
    const auto config = validate(raw);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().front().text, "70000 is not between 1 and 65535");
}

TEST(FrictionConfig, EveryListedToolIsFoundByItsNameAndNoOther) {
    RawFrictionConfig raw;
    for (int i = 0; i < 300; ++i) raw.tools.push_back({.name = "tool_" + std::to_string(i)});
    const FrictionConfig config = valid(raw);
    for (std::uint16_t i = 0; i < 300; ++i) {
        const ToolId tool = config.tool("tool_" + std::to_string(i));
        ASSERT_TRUE(tool.is_listed());
        EXPECT_EQ(tool.index(), i);
        EXPECT_EQ(config.tool(tool).name, raw.tools[i].name);
    }
    EXPECT_FALSE(config.tool("tool_300").is_listed());
    EXPECT_FALSE(config.tool("").is_listed());
    EXPECT_FALSE(config.tool("TOOL_1").is_listed());
}

TEST(FrictionConfig, AnUnlistedNameHasOneNumberOfItsOwn) {
    const FrictionConfig config = valid(plain_config());
    EXPECT_EQ(config.tool("read"), config.tool("read"));
    EXPECT_NE(config.tool("read"), config.tool("list"));
}

TEST(FrictionConfig, WithoutToolsEveryNameIsUnlisted) {
    const FrictionConfig config = valid(RawFrictionConfig{});
    EXPECT_FALSE(config.tool("write").is_listed());
}

TEST(FrictionConfig, WhatIsAllowedButHardlyMeantIsWarnedOf) {
    RawFrictionConfig raw = plain_config();
    EXPECT_TRUE(valid(raw).warnings().empty());
    raw.tools[0].hard_block_threshold = raw.tools[0].justification_threshold;
    raw.groups = {{.name = "all", .tools = {"write", "typo"}}};
    const FrictionConfig config = valid(raw);
    ASSERT_EQ(config.warnings().size(), 2U);
    EXPECT_EQ(config.warnings()[0].key, "tools.write.justification_threshold");
    EXPECT_EQ(config.warnings()[1].key, "groups.all.tools");
    EXPECT_NE(config.warnings()[1].text.find("typo"), std::string::npos);
    EXPECT_EQ(config.groups()[0].members, (std::vector<std::uint16_t>{0}));
}

}  // namespace
}  // namespace sluice::friction
