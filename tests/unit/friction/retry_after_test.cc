#include "friction/retry_after.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support.h"

namespace sluice::friction {
namespace {

RawFrictionConfig decaying_config(double rate) {
    RawFrictionConfig raw = plain_config();
    raw.time_decay_rate = rate;
    raw.adjustment_rate = 2;
    raw.tools[0].hard_block_threshold = 0.5;
    return raw;
}

TEST(RetryAfter, WaitingItOutLetsTheCallPassAndHalfOfItDoesNot) {
    for (const double rate : {0.5, 0.05, 0.001, 0.00001}) {
        for (const double start : {0.0, 1234567.891, 1e9}) {
            const FrictionConfig config = valid(decaying_config(rate));
            Controller controller(config);
            const ToolId write = config.tool("write");
            controller.record(write, at(start));
            const Decision refused = controller.check_and_record(write, at(start + 1));
            if (refused.allowed) continue;  // decayed within that second
            EXPECT_TRUE(refused.waiting_helps);
            EXPECT_GE(refused.retry_after_seconds, 1U);
            const double wait = refused.retry_after_seconds;
            EXPECT_TRUE(controller.check(write, at(start + 1 + wait)).allowed) << rate;
            if (wait > 2) {
                EXPECT_FALSE(controller.check(write, at(start + 1 + wait / 2)).allowed) << rate;
            }
        }
    }
}

TEST(RetryAfter, IsTheTimeInWhichFrictionFallsBelowTheBlock) {
    const FrictionConfig config = valid(decaying_config(0.001));
    Controller controller(config);
    controller.restore(config.tool("write"), 1, at(0));
    const Decision refused = controller.check(config.tool("write"), at(0));
    EXPECT_EQ(refused.retry_after_seconds, std::ceil(std::log(1 / 0.5) / 0.001));
}

TEST(RetryAfter, AnAllowedCallHasNone) {
    const FrictionConfig config = valid(decaying_config(0.001));
    const Controller controller(config);
    EXPECT_EQ(controller.check(config.tool("write"), at(0)).retry_after_seconds, 0U);
}

TEST(RetryAfter, ABudgetThatFallingCostsCanMeetIsWaitedForToo) {
    RawFrictionConfig raw = decaying_config(0.01);
    raw.tools[0].hard_block_threshold = 1;
    raw.default_budget = 4;  // cost is 1 + 10 f, so f must fall to 0.3
    const FrictionConfig config = valid(raw);
    Controller controller(config);
    const ToolId write = config.tool("write");
    controller.restore(write, 0.9, at(0));
    const Decision refused = controller.check_and_record(write, at(0));
    EXPECT_EQ(refused.reason, Reason::insufficient_budget);
    EXPECT_EQ(refused.retry_after_seconds, std::ceil(std::log(0.9 / 0.3) / 0.01));
    EXPECT_TRUE(controller.check(write, at(refused.retry_after_seconds)).allowed);
}

TEST(RetryAfter, WhereWaitingAloneDoesNotHelpItIsThePauseWithoutPromise) {
    RawFrictionConfig spent = decaying_config(0.01);
    spent.default_budget = 0.5;  // below min_cost
    RawFrictionConfig timeless = decaying_config(0);
    RawFrictionConfig unforgiving = decaying_config(0.01);
    unforgiving.recover_while_idle = false;
    for (const RawFrictionConfig& raw : {spent, timeless, unforgiving}) {
        const FrictionConfig config = valid(raw);
        Controller controller(config);
        const ToolId write = config.tool("write");
        controller.record(write, at(0));
        const Decision refused = controller.check(write, at(0));
        EXPECT_FALSE(refused.allowed);
        EXPECT_FALSE(refused.waiting_helps);
        EXPECT_EQ(refused.retry_after_seconds, retry_after_fallback_seconds);
        EXPECT_FALSE(controller.check(write, at(1e6)).allowed);
    }
}

TEST(RetryAfter, IsBoundedByAYear) {
    const FrictionConfig config = valid(decaying_config(1e-12));
    Controller controller(config);
    controller.record(config.tool("write"), at(0));
    const Decision refused = controller.check(config.tool("write"), at(0));
    EXPECT_EQ(refused.retry_after_seconds, retry_after_seconds_max);
    EXPECT_FALSE(refused.waiting_helps);
}

}  // namespace
}  // namespace sluice::friction
