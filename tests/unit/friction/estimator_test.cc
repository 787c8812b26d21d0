#include "friction/estimator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sluice::friction {
namespace {

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
