// Raw JSON values: the exact text of values inside a JSON text, so that what is passed on stays as
// it was written.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sluice::resource {

// For both: `text` must be an array or object that JsonDocument::parse() took. The views point into
// it, without the white space around the values, and count as JsonValue::elements() and members()
// do.

/// The texts of an array's elements or of an object's members' values.
std::vector<std::string_view> split_raw_json(std::string_view text);

/// The one at place `index`, which must be there. Looks no further than it.
std::string_view find_raw_json(std::string_view text, std::size_t index);

}  // namespace sluice::resource
