// Encryption keys at rest (key rotation): as texts, one a line; the first seals, all open.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sluice::config {

/// The keys of a text, in its order: at least one, of at least 32 characters each; empty lines do
/// not count. Errors are sentences that tell how to make one.
std::expected<std::vector<Secret>, std::string> parse_sealing_keys(std::string_view text);

}  // namespace sluice::config
