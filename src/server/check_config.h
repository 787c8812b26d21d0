// `sluice check-config`: says all that is wrong with a file, or what it sets up.
#pragma once

#include <string>

#include "server/command_line.h"
#include "server/config/config.h"

namespace sluice::server {

/// Prints every problem, or `FILE: ok` and a summary, to standard output. The process's exit
/// status: 1 where there is a problem.
int check_config(const CheckConfigCommand& command);

/// What a configuration sets up, and what in it is allowed but hardly meant, in lines that end in a
/// newline each. No secret.
std::string summarise(const Config& config);

}  // namespace sluice::server
