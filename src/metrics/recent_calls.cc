// Counting into slots.
#include "metrics/recent_calls.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::metrics {

RecentCalls::RecentCalls(std::size_t tools) : tools_(tools) {
    for (Slot& slot : slots_) slot.tools.resize(tools);
}

void RecentCalls::count(friction::ToolId tool, bool passed, double friction, MonotonicTime now) {
    const std::int64_t number = number_of(now);
    Slot& slot = slots_[static_cast<std::size_t>(number) % slots];
    if (slot.number != number) [[unlikely]] {
        CHECK(slot.number < number, "time went back");
        slot.number = number;
        slot.passed = 0;
        std::ranges::fill(slot.tools, OfTool{});
    }
    slot.passed += passed ? 1 : 0;
    if (!tool.is_listed()) return;
    CHECK(tool.index() < tools_, "a tool of another resource");
    OfTool& of = slot.tools[tool.index()];
    of.passed += passed ? 1 : 0;
    of.friction_max = std::max(of.friction_max, static_cast<float>(friction));
}

RecentCalls::Sum RecentCalls::sum(MonotonicTime now) const {
    Sum sum;
    sum.tools.resize(tools_);
    const std::int64_t newest = number_of(now);
    for (const Slot& slot : slots_) {
        if (slot.number < 0 || newest - slot.number >= static_cast<std::int64_t>(slots)) continue;
        sum.passed += slot.passed;
        for (std::size_t i = 0; i < tools_; ++i) {
            sum.tools[i].passed += slot.tools[i].passed;
            sum.tools[i].friction_max =
                std::max(sum.tools[i].friction_max, slot.tools[i].friction_max);
        }
    }
    return sum;
}

}  // namespace sluice::metrics
