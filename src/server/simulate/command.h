// `sluice friction simulate`: what a configuration's friction would do to a trace of calls.
#pragma once

#include "server/command_line.h"

namespace sluice::server {

/// Prints a table, and writes the picture and the JSON where they are wanted. The process's exit
/// status: 1 where the configuration, the trace or a file cannot be used.
int run_simulate(const SimulateCommand& command);

}  // namespace sluice::server
