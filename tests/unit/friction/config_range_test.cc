// The ends of every setting's range: the last value that is allowed, and the first that is not.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "friction/config.h"

namespace sluice::friction {
namespace {

double before(double value) {
    return std::nextafter(value, -1);
}
double after(double value) {
    return std::nextafter(value, 1e13);
}
std::int64_t before(std::int64_t value) {
    return value - 1;
}
std::int64_t after(std::int64_t value) {
    return value + 1;
}

RawFrictionConfig with_tool_and_group() {
    RawFrictionConfig raw;
    raw.tools = {{.name = "write", .min_cost = 0, .max_cost = 1e12}};
    raw.groups = {{.name = "all", .tools = {"write"}}};
    return raw;
}

class Range {
public:
    /// setting  From a configuration to what is set in it.
    template <class Setting, class Value>
    Range(std::string key, Setting setting, Value least, Value most) {
        allows_nothing_beyond(key, setting, least, most);
        EXPECT_EQ(first_problem(setting, least), "") << key;
        EXPECT_EQ(first_problem(setting, before(least)), key);
    }
    /// Above zero, which itself is not allowed.
    template <class Setting>
    Range(std::string key, Setting setting, double most) {
        allows_nothing_beyond(key, setting, std::nextafter(0, 1), most);
        EXPECT_EQ(first_problem(setting, 0.0), key);
    }

private:
    void allows_nothing_beyond(const std::string& key, auto setting, auto least, auto most) {
        EXPECT_EQ(first_problem(setting, least), "") << key;
        EXPECT_EQ(first_problem(setting, most), "") << key;
        EXPECT_EQ(first_problem(setting, after(most)), key);
    }
    std::string first_problem(auto setting, auto value) {
        RawFrictionConfig raw = with_tool_and_group();
        setting(raw) = value;
        const auto config = validate(raw);
        return config ? "" : config.error().front().key;
    }
};

auto of(auto member) {
    return [member](RawFrictionConfig& raw) -> auto& { return raw.*member; };
}
auto of_tool(auto member) {
    return [member](RawFrictionConfig& raw) -> auto& { return raw.tools[0].*member; };
}
auto of_group(auto member) {
    return [member](RawFrictionConfig& raw) -> auto& { return raw.groups[0].*member; };
}

using Raw = RawFrictionConfig;

TEST(FrictionConfigRange, OfTheLoop) {
    Range("max_delay", of(&Raw::max_delay_seconds), 0.0, 3600.0);
    Range("window_size", of(&Raw::window_size), std::int64_t{1}, std::int64_t{65535});
    Range("ema_alpha", of(&Raw::ema_alpha), 1);
    Range("adjustment_rate", of(&Raw::adjustment_rate), 1000);
    Range("asymmetric_decay", of(&Raw::asymmetric_decay), 1000);
    Range("dead_zone", of(&Raw::dead_zone), 0.0, 1.0);
    Range("warmup_calls", of(&Raw::warmup_calls), std::int64_t{0}, std::int64_t{1'000'000'000});
    Range("time_decay_rate", of(&Raw::time_decay_rate), 0.0, 1000.0);
    Range("saturation_threshold", of(&Raw::saturation_threshold), 1);
    Range("saturation_window", of(&Raw::saturation_window), std::int64_t{0}, std::int64_t{32767});
    Range("saturation_relief_rate", of(&Raw::saturation_relief_rate), 0.0, 1.0);
    Range("max_clients", of(&Raw::max_clients), std::int64_t{1}, std::int64_t{1} << 28);
    Range("penalty_ttl", of(&Raw::penalty_ttl_seconds), 0.0, 1e9);
    Range("penalty_min_friction", of(&Raw::penalty_min_friction), 0.0, 1.0);
}

TEST(FrictionConfigRange, OfATool) {
    Range("tools.write.target_rate", of_tool(&RawTool::target_rate), 0.0, 1.0);
    Range("tools.write.min_cost", of_tool(&RawTool::min_cost), 0.0, 1e12);
    Range("tools.write.max_cost", of_tool(&RawTool::max_cost), 0.0, 1e12);
    Range("tools.write.justification_threshold", of_tool(&RawTool::justification_threshold), 1);
    Range("tools.write.hard_block_threshold", of_tool(&RawTool::hard_block_threshold), 1);
    Range("tools.write.max_delay", of_tool(&RawTool::max_delay_seconds), 0.0, 3600.0);
}

TEST(FrictionConfigRange, OfAGroup) {
    Range("groups.all.aggregate_target", of_group(&RawGroup::aggregate_target), 0.0, 1.0);
    Range("groups.all.pressure_weight", of_group(&RawGroup::pressure_weight), 0.0, 1000.0);
}

TEST(FrictionConfigRange, OfHowManyToolsAndGroups) {
    RawFrictionConfig raw;
    for (std::size_t i = 0; i < FrictionConfig::tools_max; ++i) {
        raw.tools.push_back({.name = "tool_" + std::to_string(i)});
    }
    for (std::size_t i = 0; i < FrictionConfig::groups_max; ++i) {
        raw.groups.push_back({.name = "group_" + std::to_string(i), .tools = {"tool_0"}});
    }
    EXPECT_TRUE(validate(raw));
    RawFrictionConfig tools = raw;
    tools.tools.push_back({.name = "one too many"});
    EXPECT_EQ(validate(tools).error().front().key, "tools");
    raw.groups.push_back({.name = "one too many", .tools = {"tool_0"}});
    EXPECT_EQ(validate(raw).error().front().key, "groups");
}

}  // namespace
}  // namespace sluice::friction
