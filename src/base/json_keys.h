// JSON keys: whether those of one object are different ones.
#pragma once

#include <span>
#include <string_view>

namespace sluice {

bool are_distinct(std::span<const std::string_view> keys);

}  // namespace sluice
