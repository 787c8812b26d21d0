// Calls of a tool that is suspect for another reason than its use.
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "friction/controller.h"
#include "support.h"

namespace sluice::friction {
namespace {

TEST(FrictionFloor, LiftsWhatACallMeetsAndNotWhatIsRemembered) {
    const FrictionConfig config = valid(plain_config());
    Controller controller(config);
    const ToolId write = config.tool("write");
    const Admission lifted = controller.admit_at_least(0.6, write, at(0));
    EXPECT_TRUE(lifted.forward);
    EXPECT_DOUBLE_EQ(lifted.decision.friction, 0.6);
    EXPECT_EQ(lifted.decision.level, Level::high);
    EXPECT_TRUE(lifted.decision.justification_required);
    EXPECT_DOUBLE_EQ(lifted.decision.cost, 7);
    Controller plain(config);
    plain.record(write, at(0));
    EXPECT_EQ(controller.check(write, at(0)).friction, plain.check(write, at(0)).friction);
}

TEST(FrictionFloor, RefusesWithoutPromisingThatWaitingHelps) {
    const FrictionConfig config = valid(plain_config());
    Controller controller(config);
    const Admission refused = controller.admit_at_least(1, config.tool("write"), at(0));
    EXPECT_FALSE(refused.forward);
    EXPECT_EQ(refused.decision.reason, Reason::blocked);
    EXPECT_FALSE(refused.decision.waiting_helps);
    EXPECT_EQ(refused.decision.retry_after_seconds, retry_after_fallback_seconds);
    EXPECT_FALSE(controller.last_call().has_value()) << "a refused call leaves no trace";
    EXPECT_TRUE(controller.admit(config.tool("write"), at(0)).forward) << "without the floor";
}

TEST(FrictionFloor, ALevelBeginsAtItsThreshold) {
    const FrictionConfig config = valid(plain_config());
    const ToolPolicy& policy = config.tools()[0];
    const auto level_at = [&](double friction) {
        Controller controller(config);
        return controller.admit_at_least(friction, config.tool("write"), at(0)).decision.level;
    };
    EXPECT_EQ(level_at(0), Level::none);
    EXPECT_EQ(level_at(std::nextafter(0, 1)), Level::low);
    for (const auto& [threshold, below, from] :
         {std::tuple(0.3, Level::low, Level::medium),
          std::tuple(policy.justification_threshold, Level::medium, Level::high),
          std::tuple(policy.hard_block_threshold, Level::high, Level::blocked)}) {
        EXPECT_EQ(level_at(std::nextafter(threshold, 0)), below) << threshold;
        EXPECT_EQ(level_at(threshold), from) << threshold;
    }
}

TEST(FrictionFloor, DoesNotLowerFrictionNorTouchOtherTools) {
    const FrictionConfig config = valid(plain_config());
    Controller controller(config);
    controller.restore(config.tool("write"), 0.8, std::nullopt);
    EXPECT_DOUBLE_EQ(controller.admit_at_least(0.5, config.tool("write"), at(0)).decision.friction,
                     0.8);
    EXPECT_EQ(controller.admit_at_least(1, config.tool("read"), at(0)).decision.friction, 0);
}

}  // namespace
}  // namespace sluice::friction
