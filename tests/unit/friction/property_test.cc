// What must hold whatever the configuration and the calls: seeded random runs.
#include <gtest/gtest.h>

#include "base/random.h"
#include "support.h"

namespace sluice::friction {
namespace {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    std::size_t below(std::size_t bound) { return random_.next_u64() % bound; }
    double unit() { return static_cast<double>(random_.next_u64() >> 11) * 0x1p-53; }
    double one_of(std::initializer_list<double> values) {
        return values.begin()[below(values.size())];
    }

private:
    SeededRandom random_;
};

RawFrictionConfig random_config(Dice& dice) {
    RawFrictionConfig raw;
    raw.window_size = static_cast<std::int64_t>(1 + dice.below(120));
    raw.ema_alpha = dice.one_of({0.05, 0.15, 0.5, 1});
    raw.adjustment_rate = dice.one_of({0.02, 0.08, 0.5, 5});
    raw.asymmetric_decay = dice.one_of({0.5, 1, 2, 4});
    raw.dead_zone = dice.one_of({0, 0.01, 0.05});
    raw.warmup_calls = static_cast<std::int64_t>(dice.below(30));
    raw.time_decay_rate = dice.one_of({0, 0.001, 0.05, 10});
    raw.default_budget = dice.one_of({30, 500, 1e300});
    raw.saturation_window = static_cast<std::int64_t>(dice.below(6));
    raw.recover_while_idle = dice.below(2) == 0;
    raw.max_clients = static_cast<std::int64_t>(1 + dice.below(4));
    const std::size_t tools = 1 + dice.below(12);
    for (std::size_t i = 0; i < tools; ++i) {
        raw.tools.push_back({.name = "tool_" + std::to_string(i), .target_rate = dice.unit()});
    }
    if (dice.below(2) == 0) {
        raw.groups = {{.name = "group",
                       .tools = {"tool_0", "tool_" + std::to_string(tools)},
                       .aggregate_target = dice.unit(),
                       .pressure_weight = dice.one_of({0.5, 1, 20})}};
    }
    return raw;
}

ToolId random_tool(Dice& dice, const FrictionConfig& config) {
    return config.tool("tool_" + std::to_string(dice.below(config.tools().size() + 2)));
}

TEST(FrictionProperties, FrictionAndRatesStayWithinZeroAndOne) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Dice dice(seed);
        const FrictionConfig config = valid(random_config(dice));
        Controller controller(config);
        double now = 0;
        for (int i = 0; i < 400; ++i) {
            now += dice.one_of({0, 0.01, 1, 500, -3});
            const ToolId tool = random_tool(dice, config);
            if (dice.below(3) == 0) {
                controller.record(tool, at(now));
            } else {
                controller.check_and_record(tool, at(now));
            }
            for (std::uint16_t t = 0; t < config.tools().size(); ++t) {
                const Decision decision = controller.check(ToolId::listed(t), at(now));
                ASSERT_TRUE(decision.friction >= 0 && decision.friction <= 1) << seed;
                ASSERT_TRUE(decision.current_rate >= 0 && decision.current_rate <= 1 + 1e-12);
                ASSERT_TRUE(decision.effective_target >= decision.target_rate);
                ASSERT_TRUE(decision.effective_target <= 1);
                ASSERT_EQ(decision.level == Level::none, decision.friction == 0);
                ASSERT_EQ(decision.allowed, decision.retry_after_seconds == 0);
            }
        }
    }
}

TEST(FrictionProperties, FrictionRisesOnlyOnOveruse) {
    int rises = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Dice dice(seed);
        RawFrictionConfig raw = random_config(dice);
        raw.groups.clear();
        const FrictionConfig config = valid(raw);
        Controller controller(config);
        for (int i = 0; i < 300; ++i) {
            const std::vector<double> before(controller.frictions().begin(),
                                             controller.frictions().end());
            std::vector<double> targets;
            for (std::uint16_t t = 0; t < before.size(); ++t) {
                targets.push_back(controller.check(ToolId::listed(t), at(i)).effective_target);
            }
            controller.record(random_tool(dice, config), at(i));
            for (std::uint16_t t = 0; t < before.size(); ++t) {
                const Decision after = controller.check(ToolId::listed(t), at(i));
                if (after.friction <= before[t]) continue;
                ++rises;
                ASSERT_GT(after.current_rate, targets[t]) << seed;
            }
        }
    }
    EXPECT_GT(rises, 1000);
}

TEST(FrictionProperties, IdleFrictionFallsMonotonically) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Dice dice(seed);
        RawFrictionConfig raw = random_config(dice);
        raw.recover_while_idle = true;
        raw.time_decay_rate = 0.01;
        const FrictionConfig config = valid(raw);
        Controller controller(config);
        for (int i = 0; i < 100; ++i) controller.record(config.tool("tool_0"), at(i));
        double last = controller.check(config.tool("tool_0"), at(99)).friction;
        for (double idle = 1; idle < 5000; idle *= 1.5) {
            const double friction = controller.check(config.tool("tool_0"), at(99 + idle)).friction;
            ASSERT_TRUE(last == 0 ? friction == 0 : friction < last) << seed;
            last = friction;
        }
    }
}

TEST(FrictionProperties, OneClientsDecisionsDoNotDependOnOthers) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Dice dice(seed);
        RawFrictionConfig raw = random_config(dice);
        raw.max_clients = 10;
        const FrictionConfig config = valid(raw);
        Registry registry(config, test_hash_key);
        Controller alone(config);
        for (int i = 0; i < 300; ++i) {
            const ToolId tool = random_tool(dice, config);
            const std::string client = "client-" + std::to_string(dice.below(10));
            const Decision together = registry.check_and_record(client, tool, at(i));
            if (client != "client-0") continue;
            const Decision expected = alone.check_and_record(tool, at(i));
            ASSERT_EQ(together.friction, expected.friction) << seed;
            ASSERT_EQ(together.allowed, expected.allowed) << seed;
            ASSERT_EQ(together.message(), expected.message()) << seed;
        }
    }
}

TEST(FrictionProperties, CheckingChangesNothing) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Dice dice(seed);
        const FrictionConfig config = valid(random_config(dice));
        Controller checked(config);
        Controller unchecked(config);
        for (int i = 0; i < 200; ++i) {
            const ToolId tool = random_tool(dice, config);
            for (std::size_t n = dice.below(4); n > 0; --n) {
                (void)checked.check(random_tool(dice, config), at(i + dice.unit()));
            }
            const Decision a = checked.check_and_record(tool, at(i));
            const Decision b = unchecked.check_and_record(tool, at(i));
            ASSERT_EQ(a.friction, b.friction) << seed;
            ASSERT_EQ(a.budget, b.budget) << seed;
        }
    }
}

}  // namespace
}  // namespace sluice::friction
