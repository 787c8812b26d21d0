// Quantiles against those of the sorted values themselves.
#include "loadgen/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "loadgen/scenario.h"

namespace sluice::loadgen {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

std::int64_t exact_quantile(const std::vector<std::int64_t>& sorted, double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

/// Values over six powers of ten, as latencies with a long tail.
std::vector<std::int64_t> many_values(std::size_t count) {
    QuickRandom random(7);
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < count; ++i) {
        const double even = static_cast<double>(random.next() >> 11) / 9007199254740992.0;
        values.push_back(static_cast<std::int64_t>(std::pow(10.0, 3 + 6 * even)));
    }
    return values;
}

TEST(Histogram, QuantilesAreWithinABucketAboveTheExactOnes) {
    std::vector<std::int64_t> values = many_values(100'000);
    Histogram histogram;
    for (const std::int64_t value : values) histogram.record(Duration(value));
    std::ranges::sort(values);
    for (const double share : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1.0}) {
        const auto exact = static_cast<double>(exact_quantile(values, share));
        const auto found = static_cast<double>(histogram.quantile(share).count());
        EXPECT_GE(found, exact) << share;
        EXPECT_LE(found, exact * (1 + 1.0 / 256)) << share;
    }
    EXPECT_EQ(histogram.quantile(1).count(), values.back());
    EXPECT_EQ(histogram.max().count(), values.back());
    EXPECT_EQ(histogram.count(), values.size());
}

TEST(Histogram, SmallValuesAreExact) {
    Histogram histogram;
    for (int value = 1; value <= 100; ++value) histogram.record(nanoseconds{value});
    EXPECT_EQ(histogram.quantile(0.5), nanoseconds{50});
    EXPECT_EQ(histogram.quantile(0.99), nanoseconds{99});
    EXPECT_EQ(histogram.min(), nanoseconds{1});
    EXPECT_EQ(histogram.mean(), nanoseconds{51});  // 50.5, rounded
}

TEST(Histogram, EveryValueLiesInItsBucketAndBucketsTouch) {
    for (std::uint64_t value :
         {0UL, 1UL, 255UL, 256UL, 257UL, 511UL, 512UL, 1'000'000UL, (1UL << 40) - 1, 1UL << 40}) {
        const std::size_t index = Histogram::index_of(value);
        EXPECT_LE(value, Histogram::highest_of(index));
        if (index > 0) {
            EXPECT_GT(value, Histogram::highest_of(index - 1));
        }
    }
    for (std::size_t index = 1; index < 5000; ++index) {
        EXPECT_EQ(Histogram::index_of(Histogram::highest_of(index)), index);
        EXPECT_EQ(Histogram::index_of(Histogram::highest_of(index - 1) + 1), index);
    }
}

TEST(Histogram, MeanAndDeviationAreCloseToTheExactOnes) {
    const std::vector<std::int64_t> values = many_values(50'000);
    Histogram histogram;
    double sum = 0;
    for (const std::int64_t value : values) {
        histogram.record(Duration(value));
        sum += static_cast<double>(value);
    }
    const double mean = sum / static_cast<double>(values.size());
    double squares = 0;
    for (const std::int64_t value : values)
        squares += std::pow(static_cast<double>(value) - mean, 2);
    const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
    EXPECT_NEAR(static_cast<double>(histogram.mean().count()), mean, mean / 256);
    EXPECT_NEAR(static_cast<double>(histogram.standard_deviation().count()), deviation,
                deviation / 128);
}

TEST(Histogram, ASumOfPartsIsTheWhole) {
    const std::vector<std::int64_t> values = many_values(10'000);
    Histogram whole;
    Histogram sum;
    Histogram part;
    for (std::size_t i = 0; i < values.size(); ++i) {
        whole.record(Duration(values[i]));
        part.record(Duration(values[i]));
        if (i % 1000 == 999) {
            sum.add(part.sparse());
            part.clear();
        }
    }
    EXPECT_EQ(sum.count(), whole.count());
    EXPECT_EQ(sum.max(), whole.max());
    EXPECT_EQ(sum.quantile(0.99), whole.quantile(0.99));
    EXPECT_EQ(part.count(), 0U);
    EXPECT_EQ(part.quantile(0.5), Duration{});
}

TEST(Histogram, ExtremesAreKeptInside) {
    Histogram histogram;
    histogram.record(Duration{-5});
    histogram.record(hours{1000});
    EXPECT_EQ(histogram.min(), Duration{});
    EXPECT_EQ(histogram.max(), Histogram::value_max);
    EXPECT_EQ(histogram.quantile(1), Histogram::value_max);
}

TEST(Histogram, TheCurveRisesToTheMaximum) {
    Histogram histogram;
    for (const std::int64_t value : many_values(20'000)) histogram.record(Duration(value));
    const std::vector<Histogram::Point> curve = histogram.curve();
    ASSERT_GT(curve.size(), 100U);
    for (std::size_t i = 1; i < curve.size(); ++i) {
        EXPECT_GE(curve[i].share, curve[i - 1].share);
        EXPECT_GE(curve[i].value, curve[i - 1].value);
    }
    EXPECT_EQ(curve.back().share, 1);
    EXPECT_EQ(curve.back().value, histogram.max());
}

}  // namespace
}  // namespace sluice::loadgen
