// Password prompt: reads a new password from whoever runs a command.
#pragma once

#include <expected>
#include <string>

#include "base/secret.h"

namespace sluice::server {

/// From the terminal, twice and without showing it, or one line of standard input where that is no
/// terminal. Never empty. Errors are sentences.
std::expected<Secret, std::string> read_new_password();

}  // namespace sluice::server
