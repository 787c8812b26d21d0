#include "friction/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice::friction {
namespace {

/// A window and its cells.
class OwningWindow {
public:
    OwningWindow(std::size_t capacity, std::size_t tools) : counts_(tools), ring_(capacity) {}
    void push(ToolId tool) { window_.push(tool, cells()); }
    double rate(ToolId tool) { return window_.rate(tool, cells()); }
    std::uint16_t size() const { return window_.size(); }
    std::span<const std::uint16_t> counts() const { return counts_; }

private:
    WindowCells cells() { return {counts_, ring_}; }
    std::vector<std::uint16_t> counts_;
    std::vector<std::uint16_t> ring_;
    Window window_;
};

constexpr ToolId first = ToolId::listed(0);
constexpr ToolId second = ToolId::listed(1);
constexpr ToolId other = ToolId::unlisted(7);

TEST(Window, AnEmptyOneHasRateZeroForEveryTool) {
    OwningWindow window(3, 2);
    EXPECT_EQ(window.rate(first), 0);
    EXPECT_EQ(window.rate(other), 0);
}

TEST(Window, BeforeItIsFullRatesAreFractionsOfWhatItHolds) {
    OwningWindow window(10, 2);
    window.push(first);
    window.push(other);
    window.push(other);
    EXPECT_EQ(window.size(), 3);
    EXPECT_DOUBLE_EQ(window.rate(first), 1.0 / 3);
    EXPECT_DOUBLE_EQ(window.rate(other), 2.0 / 3);
    EXPECT_EQ(window.rate(second), 0);
}

TEST(Window, AFullOneForgetsItsOldestCall) {
    OwningWindow window(2, 2);
    window.push(first);
    window.push(second);
    window.push(other);
    EXPECT_EQ(window.size(), 2);
    EXPECT_EQ(window.rate(first), 0);
    EXPECT_EQ(window.rate(second), 0.5);
    EXPECT_EQ(window.rate(other), 0.5);
}

TEST(Window, CountsAgreeWithItsCallsAfterManyTurns) {
    OwningWindow window(7, 2);
    std::vector<ToolId> calls;
    for (unsigned i = 0; i < 1000; ++i) {
        const ToolId tool = i * i % 5 == 1 ? first : i % 3 == 0 ? second : other;
        window.push(tool);
        calls.push_back(tool);
        const auto last = std::span(calls).last(std::min<std::size_t>(calls.size(), 7));
        ASSERT_EQ(window.counts()[0], std::ranges::count(last, first));
        ASSERT_EQ(window.counts()[1], std::ranges::count(last, second));
    }
}

}  // namespace
}  // namespace sluice::friction
