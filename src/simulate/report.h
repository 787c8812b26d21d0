// Simulation report: a short table for the terminal, and JSON for programs.
#pragma once

#include <string>

#include "friction/config.h"
#include "simulate/series.h"
#include "simulate/simulation.h"
#include "simulate/summary.h"

namespace sluice::simulate {

/// A run with all that is said of it.
struct Report {
    const friction::FrictionConfig& config;
    const History& run;
    const Summary& summary;
    const Series& series;
    std::string resource;     // the path
    std::string source;       // where the calls come from, for people
    std::string source_json;  // the same as a JSON object
};

/// One or two sentences: what an operator wants to know first.
std::string verdict(const Report& report);

/// A line for each tool that was called or is configured.
std::string table(const Report& report);

/// All counts, every call, and the sampled series.
std::string json(const Report& report);

}  // namespace sluice::simulate
