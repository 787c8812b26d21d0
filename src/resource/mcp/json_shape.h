// JSON validator: tells JSON from what is none, without reading it.
#pragma once

#include <string_view>

namespace sluice::resource {

/// Whether `text` is one JSON value by its grammar, nested up to 256 deep. Laxer than
/// JsonDocument::parse(): numbers of any size, keys that stand twice and bytes that are no UTF-8
/// pass, since they are the reader's affair. Allocates nothing.
bool is_json_shaped(std::string_view text);

}  // namespace sluice::resource
