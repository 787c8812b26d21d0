// The calls of the last minute.
#include "metrics/recent_calls.h"

#include <gtest/gtest.h>

namespace sluice::metrics {
namespace {

using friction::ToolId;
using namespace std::chrono_literals;

constexpr MonotonicTime start{1000s};

TEST(RecentCalls, AddsUpWhatPassedAndTheHighestFriction) {
    RecentCalls calls(2);
    calls.count(ToolId::listed(1), true, 0.25, start);
    calls.count(ToolId::listed(1), false, 0.75, start + 7s);
    calls.count(ToolId::unlisted(7), true, 0, start + 7s);
    const auto sum = calls.sum(start + 8s);
    EXPECT_EQ(sum.passed, 2U);
    EXPECT_EQ(sum.tools[0].passed, 0U);
    EXPECT_EQ(sum.tools[1].passed, 1U);
    EXPECT_FLOAT_EQ(sum.tools[1].friction_max, 0.75F);
}

TEST(RecentCalls, ForgetsAfterAMinute) {
    RecentCalls calls(1);
    calls.count(ToolId::listed(0), true, 0.5, start);
    EXPECT_EQ(calls.sum(start + 59s).passed, 1U);
    EXPECT_EQ(calls.sum(start + 60s).passed, 0U);
    EXPECT_EQ(calls.sum(start + 60s).tools[0].friction_max, 0.0F);
}

TEST(RecentCalls, UsesASlotAgainFromNothing) {
    RecentCalls calls(1);
    calls.count(ToolId::listed(0), true, 1, start);
    calls.count(ToolId::listed(0), true, 0.25, start + 60s);
    EXPECT_EQ(calls.sum(start + 60s).passed, 1U);
    EXPECT_FLOAT_EQ(calls.sum(start + 60s).tools[0].friction_max, 0.25F);
}

}  // namespace
}  // namespace sluice::metrics
