// Number formatting as an operator reads them, in the table and in the picture.
#pragma once

#include <string>
#include <string_view>

#include "friction/raw_config.h"
#include "simulate/workload.h"

namespace sluice::simulate {

std::string_view mode_name(friction::Mode mode);
std::string_view outcome_name(Outcome outcome);

/// "0 s", "4.5 s", "8 min 20 s", "2 h 5 min".
std::string time_text(double seconds);
/// A share of calls: "3 %", "0.5 %".
std::string percent_text(double share);
/// "1 call", "12 calls".
std::string count_text(std::size_t count, std::string_view thing);

}  // namespace sluice::simulate
