// TOML reader: types, units and unknown keys; no rule of meaning.
#pragma once

#include <optional>
#include <string_view>

#include "config/problem.h"
#include "config/raw_config.h"

namespace sluice::config {

/// What could be read of `toml`; what could not is among `problems` and keeps its default. Nothing,
/// and one problem, for a text that is no TOML.
std::optional<RawConfig> read_toml(std::string_view toml, Problems& problems);

}  // namespace sluice::config
