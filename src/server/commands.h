// The commands that run a server; each returns the process's exit status.
#pragma once

#include "server/command_line.h"

namespace sluice::server {

int run_dev(const DevCommand& command);
int run_serve(const ServeCommand& command);

}  // namespace sluice::server
