// Rates of single tools within the window.
#include "friction/window.h"

#include <algorithm>

namespace sluice::friction {

double Window::rate(ToolId tool) const {
    if (size_ == 0) return 0;
    const std::uint16_t* const ring = cells_.get() + tools_;
    const auto calls = tool.is_listed() ? std::ptrdiff_t{cells_[tool.index()]}
                                        : std::count(ring, ring + size_, tool.value());
    return static_cast<double>(calls) / size_;
}

void Window::clear() {
    std::fill_n(cells_.get(), std::size_t{capacity_} + tools_, std::uint16_t{0});
    next_ = 0;
    size_ = 0;
}

}  // namespace sluice::friction
