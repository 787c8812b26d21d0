// A report that stands alone: one HTML file with the runs' JSON in it, and the script that draws
// them.
#pragma once

#include <string>
#include <string_view>

namespace sluice::loadgen {

/// run      JSON as json_report() writes it
/// compare  another run to draw beside it; empty: none
std::string html_report(std::string_view run, std::string_view compare);

}  // namespace sluice::loadgen
