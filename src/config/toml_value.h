// TOML values of each kind that a configuration holds.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "config/quantity.h"

namespace sluice::config {

// Each sets `target` and returns null, or leaves it and returns what the value has to be.
const char* read_toml_value(const toml::node& node, std::string& target);
const char* read_toml_value(const toml::node& node, Secret& target);
const char* read_toml_value(const toml::node& node, bool& target);
const char* read_toml_value(const toml::node& node, std::int64_t& target);
const char* read_toml_value(const toml::node& node, double& target);  // finite
const char* read_toml_value(const toml::node& node, Amount& target);
const char* read_toml_value(const toml::node& node, Duration& target);
const char* read_toml_value(const toml::node& node, Bytes& target);

/// A parser's message without the piece of the file that it may quote: that may be a secret.
std::string describe_syntax_error(std::string_view description);

}  // namespace sluice::config
