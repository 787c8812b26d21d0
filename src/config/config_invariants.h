// What holds of every valid configuration, whatever was read: those who use one rely on it.
#pragma once

#include "config/config.h"

namespace sluice::config {

/// CHECKs what validation has promised. Only a mistake in the checks of a file can break it.
void check_invariants(const Config& config);

}  // namespace sluice::config
