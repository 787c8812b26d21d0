// Sliding window over the last N calls of one client, whichever tools they went to.
#pragma once

#include <cstdint>
#include <span>

#include "base/check.h"
#include "friction/tool_id.h"

namespace sluice::friction {

/// What a window keeps in its owner's memory; all zero at first.
struct WindowCells {
    std::span<std::uint16_t> counts;  // calls held of each configured tool
    std::span<std::uint16_t> ring;    // a cell a call; its length is the window's capacity
};

/// A ring of tool numbers with a count for each configured tool. The cells are its owner's, who
/// passes the same ones each time.
class Window {
public:
    /// The newest call; forgets the oldest where the window is full.
    void push(ToolId tool, WindowCells cells) {
        CHECK(next_ < cells.ring.size() && size_ <= cells.ring.size());
        std::uint16_t& cell = cells.ring[next_];
        if (size_ == cells.ring.size()) {
            if (cell < cells.counts.size()) {
                CHECK(cells.counts[cell] > 0, "the counts are of the ring's cells");
                --cells.counts[cell];
            }
        } else {
            ++size_;
        }
        cell = tool.value();
        if (++next_ == cells.ring.size()) next_ = 0;
        if (tool.is_listed()) ++cells.counts[tool.index()];
    }

    /// Calls held, at most the capacity.
    std::uint16_t size() const { return size_; }
    /// The fraction of the calls that went to `tool`, 0 where there are none.
    /// Complexity: constant for a configured tool, the window's size for another.
    double rate(ToolId tool, WindowCells cells) const;

private:
    std::uint16_t next_ = 0;  // where the next call goes: the oldest, once the window is full
    std::uint16_t size_ = 0;
};

}  // namespace sluice::friction
