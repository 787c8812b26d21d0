// Configuration diff: which keys say something else than before, where a file is read again.
#pragma once

#include <string>
#include <vector>

#include "config/raw_config.h"

namespace sluice::config {

/// The keys whose values differ, in alphabetical order; where they stand in a file does not matter,
/// nor whether a default is written or left out. A table that came or went is told by its keys.
/// Secrets in other files and variables are not looked at, only their names.
std::vector<std::string> changed_keys(const RawConfig& before, const RawConfig& after);

}  // namespace sluice::config
