#include "server/check_config.h"

#include <fmt/format.h>

#include <cstdio>

#include "config/config.h"
#include "config/summary.h"

namespace sluice::server {

int check_config(const CheckConfigCommand& command) {
    const auto config = config::load_config(command.config);
    if (config) {
        fmt::print("{}: ok\n{}", command.config, config::summarise(*config));
        return 0;
    }
    for (const config::Problem& problem : config.error()) {
        fmt::print("{}\n", config::format_problem(command.config, problem));
    }
    fmt::print(stderr, "sluice: {} problem{} in {}\n", config.error().size(),
               config.error().size() == 1 ? "" : "s", command.config);
    return 1;
}

}  // namespace sluice::server
