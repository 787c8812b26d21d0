// Configuration summary in words, for `sluice check-config`.
#pragma once

#include <string>

#include "config/config.h"

namespace sluice::config {

/// What a configuration sets up, and what in it is allowed but hardly meant, in lines that end in a
/// newline each. No secret.
std::string summarise(const Config& config);

}  // namespace sluice::config
