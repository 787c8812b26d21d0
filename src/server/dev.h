// `sluice dev`: a whole configuration for trying out, and the words that greet whoever runs it.
#pragma once

#include <expected>
#include <string>

#include "base/random.h"
#include "config/config.h"
#include "server/command_line.h"

namespace sluice::server {

/// What `sluice dev` runs with.
struct DevSetup {
    config::Config config;
    std::string greeting;  // for standard output once it listens
};

/// notes_url  The built-in notes server's; used where the command names no upstream.
/// Errors     A sentence for the person at the terminal.
std::expected<DevSetup, std::string> set_up_dev(const DevCommand& command,
                                                const std::string& notes_url, Random& random);

}  // namespace sluice::server
