// Rolling window of the last minute's tool calls: enough for a rate, cheap enough for each call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "friction/tool_id.h"

namespace sluice::metrics {

/// Slots of five seconds, used in turn. Belongs to one shard.
class RecentCalls {
public:
    static constexpr Seconds slot_length{5};
    static constexpr std::size_t slots = 12;

    struct OfTool {
        std::uint32_t passed = 0;
        float friction_max = 0;  // that a call met, passed or not
    };

    explicit RecentCalls(std::size_t tools);

    void count(friction::ToolId tool, bool passed, double friction, MonotonicTime now);

    struct Sum {
        std::uint64_t passed = 0;  // calls of any tool
        std::vector<OfTool> tools;
    };
    /// Of the slots that are still recent.
    Sum sum(MonotonicTime now) const;

private:
    struct Slot {
        std::int64_t number = -1;  // of its five seconds
        std::uint32_t passed = 0;
        std::vector<OfTool> tools;
    };
    static std::int64_t number_of(MonotonicTime now) {
        return now.time_since_epoch() / Duration(slot_length);
    }

    std::array<Slot, slots> slots_;
    std::size_t tools_;
};

}  // namespace sluice::metrics
