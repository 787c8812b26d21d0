// The command line as reports show it.
#pragma once

#include <string>
#include <vector>

namespace sluice::loadgen {

/// The words without secrets: those of clients and users, and header fields and bodies that may
/// hold one.
std::vector<std::string> without_secrets(const std::vector<std::string>& words);

}  // namespace sluice::loadgen
