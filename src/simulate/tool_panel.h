// Tool panel of the chart: one tool's share of calls, its friction, and what became of its calls.
#pragma once

#include <cstddef>

#include "simulate/report.h"
#include "simulate/svg.h"

namespace sluice::simulate {

/// Where panels stand on the page, in pixels.
struct PanelPlace {
    double x;
    double y;
    double width;
};

/// Whether any client ever meets friction at the tool: then its panel shows it.
bool has_friction(const Report& report, std::size_t tool);

/// tool  A configured one. Returns the panel's height.
double draw_tool(Svg& svg, const Report& report, std::size_t tool, PanelPlace place);

}  // namespace sluice::simulate
