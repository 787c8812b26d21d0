#include "friction/estimator.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace sluice::friction {
namespace {

TEST(Estimator, BlendsEachToolsFractionOfTheWindow) {
    std::array<double, 2> averages{0.5, 0.0};
    const std::array<std::uint16_t, 2> counts{1, 3};
    blend_rates(averages, counts, 4, 0.2);
    EXPECT_DOUBLE_EQ(averages[0], 0.2 * 0.25 + 0.8 * 0.5);
    EXPECT_DOUBLE_EQ(averages[1], 0.2 * 0.75);
}

TEST(Estimator, AnAlphaOfOneKeepsNothingOfThePast) {
    EXPECT_EQ(blend(0.9, 0.1, 1.0), 0.1);
}

TEST(Estimator, DecayIsExponentialInTime) {
    EXPECT_DOUBLE_EQ(decay_factor(10, 0.05), std::exp(-0.5));
    EXPECT_DOUBLE_EQ(decay_factor(3, 0.1) * decay_factor(4, 0.1), decay_factor(7, 0.1));
}

TEST(Estimator, NothingDecaysWithoutTimeOrRate) {
    EXPECT_EQ(decay_factor(0, 0.1), 1);
    EXPECT_EQ(decay_factor(-5, 0.1), 1);
    EXPECT_EQ(decay_factor(5, 0), 1);
    EXPECT_EQ(decay_factor(std::numeric_limits<double>::quiet_NaN(), 0.1), 1);
    EXPECT_LT(decay_factor(5, 0.1), 1);
}

}  // namespace
}  // namespace sluice::friction
