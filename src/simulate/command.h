// `sluice friction simulate`: what a configuration's friction would do to a trace of calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "simulate/agents.h"

namespace sluice::simulate {

/// `sluice friction simulate`: either `trace` or `generate`.
struct SimulateCommand {
    std::string config;
    std::string resource;  // a path; empty: the only resource with friction
    std::string trace;     // a file
    std::optional<Fleet> generate;
    unsigned clients = 0;  // 0: 8 of a mixed fleet, else 1
    double calls_per_minute = 12;
    Duration duration = std::chrono::minutes(30);
    std::uint64_t seed = 1;
    std::string loop_tool;  // empty: the tool of least target
    // Files to write; empty: none.
    std::string out;  // a folder for both
    std::string svg;
    std::string json;
};

/// Prints a table, and writes the picture and the JSON where they are wanted. The process's exit
/// status: 1 where the configuration, the trace or a file cannot be used.
int run_simulate(const SimulateCommand& command);

}  // namespace sluice::simulate
