// Chart of a simulated run: one SVG that stands alone.
#pragma once

#include <cstddef>
#include <string>

#include "simulate/report.h"

namespace sluice::simulate {

/// How many clients have a line of their own; the others are drawn as one band.
inline constexpr std::size_t focus_max = 3;

/// A heading with the verdict and a legend, then a panel for each tool, the most troubled first;
/// where there are more than eight, the calm ones are named at the end.
std::string draw(const Report& report);

}  // namespace sluice::simulate
