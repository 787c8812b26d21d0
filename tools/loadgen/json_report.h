// A run as JSON: what scripts read, and what the HTML report is drawn from.
#pragma once

#include <string>

#include "loadgen/run.h"
#include "loadgen/settings.h"

namespace sluice::loadgen {

/// One object. Times in it carry their unit in their name; shares are in [0, 1].
std::string json_report(const Settings& settings, const RunResult& result);

}  // namespace sluice::loadgen
