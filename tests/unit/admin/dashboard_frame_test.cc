// Rates and percentiles from counts.
#include "admin/dashboard_frame.h"

#include <gtest/gtest.h>

namespace sluice::admin {
namespace {

using namespace std::chrono_literals;

metrics::ResourceNumbers with_requests(int count, Duration took) {
    metrics::ResourceNumbers numbers;
    for (int i = 0; i < count; ++i) numbers.requests.count(http::Status::ok, took);
    return numbers;
}

TEST(AdminFrame, TakesRatesFromWhatWasCountedBetween) {
    metrics::ResourceNumbers before = with_requests(10, 1ms);
    metrics::ResourceNumbers now = with_requests(40, 1ms);
    now.requests.count(http::Status::bad_gateway, 1ms);
    before.tools.resize(1);
    now.tools.resize(1);
    before.tools[0].calls = {10, 0, 0, 1};
    now.tools[0].calls = {20, 0, 0, 6};
    now.recent_passed = 80;
    now.tools[0].recent_passed = 20;
    const ResourceFrame frame = make_frame(before, now, 5);
    EXPECT_DOUBLE_EQ(frame.per_second, 31 / 5.0);
    EXPECT_DOUBLE_EQ(frame.failed_per_second, 0.2);
    EXPECT_DOUBLE_EQ(frame.tools[0].per_second[0], 2);
    EXPECT_DOUBLE_EQ(frame.tools[0].per_second[3], 1);
    EXPECT_DOUBLE_EQ(frame.tools[0].share, 0.25);
}

TEST(AdminFrame, EstimatesPercentilesWithinABucket) {
    const metrics::ResourceNumbers none;
    metrics::ResourceNumbers now = with_requests(98, 300us);
    for (int i = 0; i < 2; ++i) now.requests.count(http::Status::ok, 30ms);
    const double median = quantile_ms(none.requests, now.requests, 0.5);
    EXPECT_GT(median, 0.25);
    EXPECT_LT(median, 0.5);
    const double p99 = quantile_ms(none.requests, now.requests, 0.99);
    EXPECT_GT(p99, 10);
    EXPECT_LE(p99, 50);
    EXPECT_EQ(quantile_ms(now.requests, now.requests, 0.5), 0) << "no request, no latency";
}

TEST(AdminTimeline, KeepsEveryFifthFrameOfTheLastHalfHour) {
    Timeline timeline;
    MonotonicTime now{100s};
    for (int second = 0; second < 2000; ++second, now += 1s) {
        std::vector<metrics::ResourceNumbers> numbers;
        numbers.push_back(with_requests(10 * second, 1ms));
        timeline.add(std::move(numbers), now, WallTime{now.time_since_epoch()});
    }
    EXPECT_EQ(timeline.points(), 400U);
    ASSERT_EQ(timeline.history().size(), Timeline::points_max);
    EXPECT_DOUBLE_EQ(timeline.latest().frames[0].per_second, 10);
    EXPECT_DOUBLE_EQ(timeline.history().front().frames[0].per_second, 10);
}

}  // namespace
}  // namespace sluice::admin
