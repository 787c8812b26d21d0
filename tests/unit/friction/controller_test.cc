#include "friction/controller.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support.h"

namespace sluice::friction {
namespace {

// One controller with its configuration, and the tools "write" and, unlisted, "read".
class Client {
public:
    explicit Client(const RawFrictionConfig& raw) : config(valid(raw)), controller(config) {}

    void record(std::string_view tool, int times, double seconds = 0) {
        for (int i = 0; i < times; ++i) controller.record(config.tool(tool), at(seconds));
    }
    Decision check(std::string_view tool = "write", double seconds = 0) const {
        return controller.check(config.tool(tool), at(seconds));
    }
    Decision call(std::string_view tool = "write", double seconds = 0) {
        return controller.check_and_record(config.tool(tool), at(seconds));
    }

    FrictionConfig config;
    Controller controller;
};

TEST(Controller, ANewClientMeetsNoFriction) {
    const Client client(plain_config());
    const Decision decision = client.check();
    EXPECT_TRUE(decision.allowed);
    EXPECT_EQ(decision.level, Level::none);
    EXPECT_EQ(decision.friction, 0);
    EXPECT_EQ(decision.cost, 1);
    EXPECT_EQ(decision.target_rate, 0.5);
}

TEST(Controller, OveruseRaisesFrictionInProportionToTheExcess) {
    Client client(plain_config());
    client.record("write", 1);
    EXPECT_DOUBLE_EQ(client.check().friction, 0.1 * (1.0 - 0.5));
    client.record("read", 1);  // now half of the calls: no excess
    EXPECT_DOUBLE_EQ(client.check().friction, 0.05);
    EXPECT_EQ(client.check().current_rate, 0.5);
}

TEST(Controller, RestraintLowersFrictionFasterByTheAsymmetry) {
    RawFrictionConfig raw = plain_config();
    for (const double asymmetry : {1.0, 3.0}) {
        raw.asymmetric_decay = asymmetry;
        Client client(raw);
        client.record("write", 4);
        const double before = client.check().friction;
        client.record("read", 5);  // rates 4/5, 4/6, 4/7, 4/8, 4/9
        const double up = 0.1 * ((0.8 - 0.5) + (4.0 / 6 - 0.5) + (4.0 / 7 - 0.5));
        EXPECT_NEAR(client.check().friction, before + up - 0.1 * asymmetry * (0.5 - 4.0 / 9),
                    1e-12);
    }
}

TEST(Controller, WithinTheDeadZoneNothingMovesAndOnItsEdgeItDoes) {
    RawFrictionConfig raw = plain_config();
    raw.dead_zone = 0.5;
    Client on_edge(raw);
    on_edge.record("write", 1);
    EXPECT_GT(on_edge.check().friction, 0);
    raw.dead_zone = 0.501;
    Client within(raw);
    within.record("write", 1);
    EXPECT_EQ(within.check().friction, 0);
}

TEST(Controller, WarmUpEndsWithItsLastCall) {
    RawFrictionConfig raw = plain_config();
    raw.warmup_calls = 3;
    Client client(raw);
    client.record("write", 2);
    EXPECT_EQ(client.check().friction, 0);
    client.record("write", 1);
    EXPECT_GT(client.check().friction, 0);
}

TEST(Controller, CallsOfUnlistedToolsCountForTheDenominatorOnly) {
    Client client(plain_config());
    client.record("read", 3);
    const Decision decision = client.check("read");
    EXPECT_TRUE(decision.allowed);
    EXPECT_EQ(decision.reason, Reason::not_configured);
    EXPECT_EQ(decision.current_rate, 1);
    EXPECT_EQ(decision.cost, 0);
    client.record("write", 1);
    EXPECT_EQ(client.check().current_rate, 0.25);
    EXPECT_EQ(client.check().friction, 0);
}

TEST(Controller, LevelsFollowTheThresholds) {
    RawFrictionConfig raw = plain_config();
    raw.tools[0].target_rate = 0;
    raw.tools[0].max_cost = 1;
    raw.adjustment_rate = 0.125;
    Client client(raw);
    const Level levels[] = {Level::none, Level::low,  Level::low,  Level::medium, Level::medium,
                            Level::high, Level::high, Level::high, Level::blocked};
    for (const Level level : levels) {
        const Decision decision = client.check();
        EXPECT_EQ(decision.level, level) << decision.friction;
        EXPECT_EQ(decision.justification_required, decision.friction >= 0.6);
        EXPECT_EQ(decision.allowed, level != Level::blocked);
        client.record("write", 1);
    }
}

TEST(Controller, ARefusedCallIsNeitherCountedNorCharged) {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 2;
    raw.default_budget = 100;
    Client client(raw);
    EXPECT_TRUE(client.call().allowed);
    const double budget = client.controller.budget();
    EXPECT_EQ(budget, 99);
    const Decision refused = client.call();
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.reason, Reason::blocked);
    EXPECT_EQ(refused.level, Level::blocked);
    EXPECT_EQ(client.controller.budget(), budget);
    EXPECT_EQ(client.controller.window_rate(client.config.tool("write")), 1);
    client.record("write", 1);  // what was forced through does count
    EXPECT_LT(client.controller.budget(), budget);
}

TEST(Controller, CostGrowsFromMinToMaxWithFriction) {
    Client client(plain_config());
    client.record("write", 4);
    const Decision decision = client.check();
    EXPECT_DOUBLE_EQ(decision.cost, 1 + 10 * decision.friction);
}

TEST(Controller, ACallThatCostsMoreThanTheBudgetIsRefusedUntilItIsReset) {
    RawFrictionConfig raw = plain_config();
    raw.tools[0].target_rate = 1;
    raw.default_budget = 2;
    Client client(raw);
    EXPECT_TRUE(client.call().allowed);
    EXPECT_TRUE(client.call().allowed);  // exactly what is left
    const Decision refused = client.call();
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.reason, Reason::insufficient_budget);
    EXPECT_EQ(refused.level, Level::none);
    EXPECT_TRUE(client.call("read").allowed);
    client.controller.reset_budget();
    EXPECT_TRUE(client.call().allowed);
}

TEST(Controller, TimeDecaysFrictionAndRatesBetweenCalls) {
    RawFrictionConfig raw = plain_config();
    raw.ema_alpha = 0.5;
    raw.time_decay_rate = 0.1;
    raw.dead_zone = 1;  // only time moves friction
    raw.recover_while_idle = false;
    Client client(raw);
    client.controller.restore(client.config.tool("write"), 0.8, at(100));
    client.record("read", 1, 110);
    EXPECT_DOUBLE_EQ(client.check("write", 500).friction, 0.8 * std::exp(-1));
    client.record("write", 1, 110);
    EXPECT_DOUBLE_EQ(client.check("write", 110).current_rate, 0.25);
    client.record("read", 1, 120);
    EXPECT_DOUBLE_EQ(client.check().current_rate, 0.5 / 3 + 0.5 * 0.25 * std::exp(-1));
}

TEST(Controller, IsUsedAsItSays) {
    Client client(plain_config());
    EXPECT_DEATH(client.controller.restore(client.config.tool("write"), 1.5, at(0)),
                 "friction_before <= 1");
    EXPECT_DEATH(client.controller.restore(client.config.tool("unknown"), 0.5, at(0)), "is_listed");
}

TEST(Controller, ACallThatComesEarlierThanTheLastDecaysNothing) {
    RawFrictionConfig raw = plain_config();
    raw.time_decay_rate = 0.1;
    raw.dead_zone = 1;
    Client client(raw);
    client.controller.restore(client.config.tool("write"), 0.8, at(100));
    EXPECT_EQ(client.check("write", 50).friction, 0.8);
    client.record("read", 1, 50);
    EXPECT_EQ(client.check("write", 50).friction, 0.8);
}

TEST(Controller, IdleTimeCountsForADecisionOnlyWhereConfigured) {
    RawFrictionConfig raw = plain_config();
    raw.time_decay_rate = 0.1;
    for (const bool recovers : {true, false}) {
        raw.recover_while_idle = recovers;
        Client client(raw);
        client.record("write", 1, 0);
        const double expected = recovers ? 0.05 * std::exp(-1) : 0.05;
        EXPECT_DOUBLE_EQ(client.check("write", 10).friction, expected);
        // Either way the state is the same once a call is recorded.
        client.record("read", 1, 10);
        EXPECT_DOUBLE_EQ(client.check("write", 10).friction, 0.05 * std::exp(-1));
    }
}

TEST(Controller, GroupPressureFallsOnItsMembersByTheirShare) {
    RawFrictionConfig raw = plain_config();
    raw.tools = {{.name = "write", .target_rate = 1},
                 {.name = "delete", .target_rate = 1},
                 {.name = "other", .target_rate = 1}};
    raw.groups = {{.name = "mutations",
                   .tools = {"write", "delete", "unknown"},
                   .aggregate_target = 0.4,
                   .pressure_weight = 0.5}};
    Client client(raw);
    client.record("other", 1);
    client.record("read", 1);
    client.record("write", 1);
    client.record("write", 1);  // rates: write 1/2 of the calls, above 0.4 together
    const double first = 0.1 * (0.5 - 0.4) * 0.5;
    EXPECT_DOUBLE_EQ(client.check("write").friction, first);
    EXPECT_EQ(client.check("delete").friction, 0);
    client.record("delete", 1);  // write 2/5, delete 1/5: each also falls by its own shortfall
    const double pressure = 0.1 * (0.6 - 0.4) * 0.5;
    EXPECT_NEAR(client.check("write").friction, pressure * 2 / 3, 1e-12);
    EXPECT_NEAR(client.check("delete").friction, pressure / 3, 1e-12);
    EXPECT_EQ(client.check("other").friction, 0);
}

TEST(Controller, AGroupInsideTheDeadZoneIsNotPressed) {
    RawFrictionConfig raw = plain_config();
    raw.dead_zone = 0.25;
    raw.tools = {{.name = "write", .target_rate = 1}};
    for (const bool beyond : {false, true}) {
        raw.groups = {{.name = "mutations",
                       .tools = {"write"},
                       .aggregate_target = beyond ? 0.125 : 0.25,
                       .pressure_weight = 1}};
        Client client(raw);
        client.record("other", 1);
        client.record("write", 1);  // half of the calls: 0.25 above a target of 0.25
        EXPECT_EQ(client.check("write").friction, beyond ? 0.1 * 0.375 : 0);
    }
}

class Saturations final : public SaturationListener {
public:
    void on_saturation(const SaturationEvent& event) override { events.push_back(event); }
    std::vector<SaturationEvent> events;
};

TEST(Controller, LongSaturationRaisesTheTargetAndIsToldOnce) {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 2;
    raw.saturation_window = 3;
    raw.saturation_relief_rate = 0.2;
    Client client(raw);
    Saturations saturations;
    const auto write = [&] {
        client.controller.record(client.config.tool("write"), at(0), &saturations);
    };
    write();
    write();
    EXPECT_FALSE(client.check().saturation_detected);
    EXPECT_EQ(client.check().effective_target, 0.5);
    write();
    EXPECT_TRUE(client.check().saturation_detected);
    EXPECT_DOUBLE_EQ(client.check().effective_target, 0.7);
    ASSERT_EQ(saturations.events.size(), 1U);
    EXPECT_EQ(saturations.events[0].tool, client.config.tool("write"));
    EXPECT_EQ(saturations.events[0].target_rate, 0.5);
    write();
    write();
    EXPECT_EQ(client.check().effective_target, 1);  // never beyond all calls
    EXPECT_EQ(client.check().target_rate, 0.5);
    EXPECT_EQ(saturations.events.size(), 1U);
    client.record("read", 30);
    EXPECT_TRUE(client.check().saturation_detected);  // what was given stays given
}

TEST(Controller, AnInterruptedStreakOfSaturationStartsAnew) {
    RawFrictionConfig raw = plain_config();
    raw.window_size = 1;
    raw.adjustment_rate = 2;
    raw.saturation_window = 3;
    Client client(raw);
    for (int i = 0; i < 5; ++i) {
        client.record("write", 2);
        client.record("read", 1);
    }
    EXPECT_FALSE(client.check().saturation_detected);
    client.record("write", 3);
    EXPECT_TRUE(client.check().saturation_detected);
}

TEST(Controller, ModeDelaySlowsCallsInsteadOfRefusingThem) {
    RawFrictionConfig raw = plain_config();
    raw.mode = Mode::delay;
    raw.max_delay_seconds = 4;
    raw.adjustment_rate = 2;
    Client client(raw);
    const ToolId write = client.config.tool("write");
    const Admission first = client.controller.admit(write, at(0));
    EXPECT_TRUE(first.forward);
    EXPECT_EQ(first.delay, Moment::zero());
    const Admission second = client.controller.admit(write, at(0));
    EXPECT_TRUE(second.forward);
    EXPECT_FALSE(second.decision.allowed);
    EXPECT_EQ(second.delay, at(4));
    EXPECT_EQ(client.controller.budget(), raw.default_budget);
}

TEST(Controller, ModeLadderSlowsCallsAndRefusesAtLast) {
    RawFrictionConfig raw = plain_config();
    raw.mode = Mode::ladder;
    raw.max_delay_seconds = 4;
    raw.adjustment_rate = 0.5;
    Client client(raw);
    const ToolId write = client.config.tool("write");
    Moment longest = Moment::zero();
    unsigned delayed = 0;
    Admission last = client.controller.admit(write, at(0));
    for (int i = 0; i < 100 && last.forward; ++i) {
        EXPECT_GE(last.delay, longest);
        longest = last.delay;
        delayed += last.delay > Moment::zero() ? 1 : 0;
        last = client.controller.admit(write, at(0));
    }
    EXPECT_GT(delayed, 0u);
    EXPECT_FALSE(last.forward);
    EXPECT_EQ(last.decision.level, Level::blocked);
    EXPECT_EQ(last.delay, Moment::zero());
}

TEST(Controller, ModesBlockAndObserveDifferInWhatTheyForward) {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 2;
    for (const Mode mode : {Mode::block, Mode::observe}) {
        raw.mode = mode;
        Client client(raw);
        const ToolId write = client.config.tool("write");
        EXPECT_TRUE(client.controller.admit(write, at(0)).forward);
        const Admission refused = client.controller.admit(write, at(0));
        EXPECT_FALSE(refused.decision.allowed);
        EXPECT_EQ(refused.forward, mode == Mode::observe);
        EXPECT_EQ(refused.delay, Moment::zero());
    }
}

TEST(Controller, AToolsOwnModeAndDelayWin) {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 2;
    raw.mode = Mode::delay;
    raw.tools[0].max_delay_seconds = 0.5;
    raw.tools.push_back({.name = "drop", .target_rate = 0, .mode = Mode::block});
    raw.tools.push_back({.name = "look", .target_rate = 0, .mode = Mode::observe});
    Client client(raw);
    const auto second = [&](std::string_view name) {
        client.controller.reset();
        const ToolId tool = client.config.tool(name);
        client.controller.admit(tool, at(0));
        return client.controller.admit(tool, at(0));
    };
    EXPECT_EQ(second("write").delay, at(0.5));
    EXPECT_TRUE(second("write").forward);
    EXPECT_FALSE(second("drop").forward);
    EXPECT_FALSE(second("drop").asks_reason);
    EXPECT_TRUE(second("look").forward);
    EXPECT_EQ(second("look").delay, Moment::zero());
}

TEST(Controller, AsksForAReasonWhereOneIsRequired) {
    for (const Mode mode : {Mode::block, Mode::delay, Mode::ladder}) {
        RawFrictionConfig raw = plain_config();
        raw.mode = mode;
        raw.adjustment_rate = 1.4;
        raw.require_justification = true;
        Client client(raw);
        const ToolId write = client.config.tool("write");
        EXPECT_TRUE(client.controller.admit(write, at(0)).forward);
        const std::vector<double> before(client.controller.frictions().begin(),
                                         client.controller.frictions().end());
        const Admission asked = client.controller.admit(write, at(0));
        EXPECT_EQ(asked.decision.level, Level::high);
        EXPECT_FALSE(asked.forward);
        EXPECT_TRUE(asked.asks_reason);
        EXPECT_EQ(asked.delay, Moment::zero());
        EXPECT_EQ(client.controller.frictions()[0], before[0]) << "what was not run counts nothing";
        EXPECT_EQ(client.controller.window_rate(write), 1.0);
        const Admission told = client.controller.admit(write, at(0), Justification::given);
        EXPECT_TRUE(told.forward);
        EXPECT_FALSE(told.asks_reason);
        EXPECT_EQ(told.delay.count() > 0, mode != Mode::block);
    }
}

TEST(Controller, AReasonDoesNotOpenABlockAndIsNotAskedForThere) {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 2;
    raw.require_justification = true;
    Client client(raw);
    const ToolId write = client.config.tool("write");
    EXPECT_TRUE(client.controller.admit(write, at(0)).forward);
    for (const Justification reason : {Justification::absent, Justification::given}) {
        const Admission refused = client.controller.admit(write, at(0), reason);
        EXPECT_FALSE(refused.forward);
        EXPECT_FALSE(refused.asks_reason);
        EXPECT_EQ(refused.decision.reason, Reason::blocked);
    }
}

TEST(Controller, ModeObserveAsksForNothing) {
    RawFrictionConfig raw = plain_config();
    raw.mode = Mode::observe;
    raw.adjustment_rate = 1.4;
    raw.require_justification = true;
    Client client(raw);
    const ToolId write = client.config.tool("write");
    client.controller.admit(write, at(0));
    const Admission high = client.controller.admit(write, at(0));
    EXPECT_EQ(high.decision.level, Level::high);
    EXPECT_TRUE(high.forward);
    EXPECT_FALSE(high.asks_reason);
}

TEST(Controller, ResetItIsAsNew) {
    RawFrictionConfig raw = plain_config();
    raw.default_budget = 50;
    raw.warmup_calls = 2;
    raw.saturation_window = 1;
    raw.adjustment_rate = 2;
    Client client(raw);
    client.record("write", 5, 10);
    EXPECT_TRUE(client.check().saturation_detected);
    client.controller.reset();
    EXPECT_EQ(client.check().friction, 0);
    EXPECT_EQ(client.check().current_rate, 0);
    EXPECT_FALSE(client.check().saturation_detected);
    EXPECT_EQ(client.check().effective_target, 0.5);
    EXPECT_EQ(client.controller.budget(), 50);
    EXPECT_FALSE(client.controller.last_call());
    client.record("write", 1);
    EXPECT_EQ(client.check().friction, 0);  // warms up again
}

}  // namespace
}  // namespace sluice::friction
