// The statements that pass errors on, the checks that end the process, and the manual clock.
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/check.h"
#include "base/clock.h"

namespace sluice {
namespace {

template <class T>
using Result = std::expected<T, std::string>;

Result<int> half(int number) {
    if (number % 2 != 0) return failure(std::string("odd"));
    return number / 2;
}

Result<void> require_even(int number) {
    REQUIRE(half(number));
    return {};
}

Result<int> quarter(int number) {
    TRY(const int first, half(number));
    TRY(int second, half(first));
    REQUIRE(require_even(second));
    return second;
}

TEST(Try, BindsTheValueOrReturnsTheError) {
    EXPECT_EQ(quarter(8), 2);
    EXPECT_EQ(quarter(7).error(), "odd");
    EXPECT_EQ(quarter(6).error(), "odd");
    EXPECT_EQ(quarter(4).error(), "odd") << "REQUIRE refuses the quotient 1";
}

TEST(Try, EvaluatesItsExpressionOnce) {
    int calls = 0;
    const auto count = [&]() -> Result<int> { return ++calls; };
    const auto use = [&]() -> Result<int> {
        TRY(const int value, count());
        REQUIRE(count());
        return value;
    };
    EXPECT_EQ(use(), 1);
    EXPECT_EQ(calls, 2);
}

TEST(Try, MovesOutOfATemporary) {
    const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
    const auto use = [&]() -> Result<int> {
        TRY(const std::unique_ptr<int> value, make());
        return *value;
    };
    EXPECT_EQ(use(), 5);
}

TEST(Try, LeavesAResultThatHasANameAsItIs) {
    const std::string text(40, 'x');
    Result<std::string> named = text;
    const auto use = [&]() -> Result<std::size_t> {
        TRY(const std::string copy, named);
        return copy.size();
    };
    EXPECT_EQ(use(), 40U);
    EXPECT_EQ(named, text);
    named = failure(std::string(40, 'e'));
    EXPECT_EQ(use().error(), std::string(40, 'e'));
    EXPECT_EQ(named.error(), std::string(40, 'e'));
}

TEST(CheckDeathTest, EndsTheProcessWithPlaceConditionAndDetail) {
    CHECK(1 + 1 == 2);
    CHECK(true, "not reached");
    EXPECT_DEATH(CHECK(1 + 1 == 3), "result_test\\.cc:[0-9]+: CHECK\\(1 \\+ 1 == 3\\) failed");
    EXPECT_DEATH(CHECK(false, "the detail"), "CHECK\\(false\\) failed: the detail");
}

TEST(ManualClock, MovesOnlyWhenTold) {
    ManualClock clock;
    const MonotonicTime start = clock.monotonic();
    const WallTime wall = clock.wall();
    EXPECT_EQ(clock.monotonic(), start);
    clock.advance(Seconds(5));
    EXPECT_EQ(clock.monotonic() - start, Seconds(5));
    EXPECT_EQ(clock.wall() - wall, Seconds(5));
    clock.jump_wall(-Seconds(3600));
    EXPECT_EQ(clock.monotonic() - start, Seconds(5)) << "durations do not see a clock jump";
    EXPECT_EQ(clock.wall() - wall, Seconds(5 - 3600));
}

TEST(NumericDate, IsTheSecondThatHasBegun) {
    EXPECT_EQ(numeric_date(WallTime{std::chrono::milliseconds(1'790'000'000'999)}), 1'790'000'000);
    EXPECT_EQ(numeric_date(WallTime{std::chrono::milliseconds(-1)}), -1);
}

}  // namespace
}  // namespace sluice
