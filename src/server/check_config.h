// `sluice check-config`: says all that is wrong with a file, or what it sets up.
#pragma once

#include "server/command_line.h"

namespace sluice::server {

/// Prints every problem, or `FILE: ok` and a summary, to standard output. The process's exit
/// status: 1 where there is a problem.
int check_config(const CheckConfigCommand& command);

}  // namespace sluice::server
