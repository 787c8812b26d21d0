#include "friction/decision.h"

#include <gtest/gtest.h>

namespace sluice::friction {
namespace {

Decision decision(Reason reason, double friction, double cost) {
    Decision made;
    made.reason = reason;
    made.friction = friction;
    made.cost = cost;
    made.budget = -0.6;
    made.hard_block_threshold = 0.95;
    return made;
}

TEST(Decision, EachReasonHasItsSentence) {
    EXPECT_EQ(decision(Reason::not_configured, 0, 0).message(), "No friction configured");
    EXPECT_EQ(decision(Reason::allowed, 0.126, 1.26).message(), "Allowed: friction 0.13, cost 1.3");
    EXPECT_EQ(decision(Reason::justification_required, 0.7, 7).message(),
              "Justification required: friction 0.70, cost 7.0");
    EXPECT_EQ(decision(Reason::blocked, 0.999, 10).message(),
              "Blocked: friction 1.00 >= threshold 0.95");
    EXPECT_EQ(decision(Reason::insufficient_budget, 0.1, 2.04).message(),
              "Insufficient budget: -0.6 < 2.0");
}

TEST(Decision, AThresholdIsWrittenWithAFraction) {
    Decision made = decision(Reason::blocked, 1, 10);
    made.hard_block_threshold = 1;
    EXPECT_EQ(made.message(), "Blocked: friction 1.00 >= threshold 1.0");
}

TEST(Decision, AppendingKeepsWhatStandsBefore) {
    std::string line = "friction: ";
    decision(Reason::allowed, 0, 1).append_message(line);
    EXPECT_EQ(line, "friction: Allowed: friction 0.00, cost 1.0");
}

TEST(Decision, LevelsHaveNames) {
    EXPECT_EQ(level_name(Level::none), "NONE");
    EXPECT_EQ(level_name(Level::low), "LOW");
    EXPECT_EQ(level_name(Level::medium), "MEDIUM");
    EXPECT_EQ(level_name(Level::high), "HIGH");
    EXPECT_EQ(level_name(Level::blocked), "BLOCKED");
}

}  // namespace
}  // namespace sluice::friction
