// The exact text of values inside a JSON text, so that what is passed on stays as it was written.
#pragma once

#include <string_view>
#include <vector>

namespace sluice::resource {

/// The texts of an array's elements or of an object's members' values, in order, without the white
/// space around them. `text` must be an array or object that JsonDocument::parse() took; the views
/// point into it. They stand in the order of JsonValue::elements() and members().
std::vector<std::string_view> split_raw_json(std::string_view text);

}  // namespace sluice::resource
