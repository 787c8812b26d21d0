// Rates of single tools within the window.
#include "friction/window.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::friction {

double Window::rate(ToolId tool, WindowCells cells) const {
    if (size_ == 0) return 0;
    const auto calls = tool.is_listed() ? std::ptrdiff_t{cells.counts[tool.index()]}
                                        : std::ranges::count(cells.ring.first(size_), tool.value());
    CHECK(calls <= size_);
    return static_cast<double>(calls) / size_;
}

}  // namespace sluice::friction
