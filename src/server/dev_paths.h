// Paths of `sluice dev`: where it keeps what is made, and where its operators' page listens.
#pragma once

#include <expected>
#include <string>

#include "server/command_line.h"

namespace sluice::server {

/// The file that the command names, or dev.db below $XDG_STATE_HOME/sluice, which is
/// ~/.local/state/sluice where that is not set; its folder is made. Empty: nothing is to be kept.
/// Errors are sentences.
std::expected<std::string, std::string> find_dev_storage(const DevCommand& command);

/// A loopback address where nobody listens; empty where the usual ones are taken.
std::string find_dev_admin_address();

}  // namespace sluice::server
