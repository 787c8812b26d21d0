// tools/list filter: leaves out what its reader may not call.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace sluice::resource {

struct FilteredTools {
    std::size_t before = 0;
    std::size_t after = 0;
};

using ShowsTool = std::function<bool(std::string_view tool)>;

/// Appends `json`, one JSON-RPC message or a batch, behind `out`. In every response whose result
/// holds an array `tools`, those elements are left out that have no name, or several, or whose name
/// `shows` refuses, and a cacheScope becomes "private", since the list is now one reader's own. All
/// else stays as it was written. Recognised by shape and not by the request's id, which a server
/// may write in another way. Errors: no JSON; then nothing may be passed on.
std::expected<FilteredTools, JsonError> filter_tool_lists(std::string_view json,
                                                          const ShowsTool& shows, std::string& out);

}  // namespace sluice::resource
