// The last N calls of one client, whichever tools they went to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "friction/tool_id.h"

namespace sluice::friction {

/// A ring of tool numbers with a count for each configured tool. Memory: 2 bytes a call and a tool.
class Window {
public:
    /// capacity  calls held, at least 1; tools  configured tools, whose counts are kept.
    Window(std::uint16_t capacity, std::uint16_t tools)
        : cells_(std::make_unique<std::uint16_t[]>(std::size_t{capacity} + tools)),
          capacity_(capacity),
          tools_(tools) {}

    /// The newest call; forgets the oldest where the window is full.
    void push(ToolId tool) {
        std::uint16_t* const ring = cells_.get() + tools_;
        if (size_ == capacity_) {
            if (ring[next_] < tools_) --cells_[ring[next_]];
        } else {
            ++size_;
        }
        ring[next_] = tool.value();
        if (++next_ == capacity_) next_ = 0;
        if (tool.is_listed()) ++cells_[tool.index()];
    }

    /// Calls held, at most the capacity.
    std::uint16_t size() const { return size_; }
    /// Calls of each configured tool among them.
    std::span<const std::uint16_t> counts() const { return {cells_.get(), tools_}; }
    /// The fraction of the calls that went to `tool`, 0 where there are none.
    /// Complexity: constant for a configured tool, the window's size for another.
    double rate(ToolId tool) const;

    /// As if new.
    void clear();

private:
    std::unique_ptr<std::uint16_t[]> cells_;  // the counts, then the ring
    std::uint16_t capacity_;
    std::uint16_t tools_;
    std::uint16_t next_ = 0;  // where the next call goes: the oldest, once the window is full
    std::uint16_t size_ = 0;
};

}  // namespace sluice::friction
