// A run in a screenful of text.
#pragma once

#include <string>

#include "loadgen/run.h"
#include "loadgen/settings.h"

namespace sluice::loadgen {

std::string summary(const Settings& settings, const RunResult& result);

/// Why a run is no success, in a line.
std::string failure_line(const Counts& counts);

/// "1.23 ms": three digits and the unit that fits.
std::string readable(Duration duration);

}  // namespace sluice::loadgen
