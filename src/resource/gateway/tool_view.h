// Tool visibility: what one caller sees of an answer's tools.
#pragma once

#include <string>
#include <string_view>

#include "resource/gateway/request_context.h"

namespace sluice::resource {

/// Appends `json` with the tools left out that decide() refuses the caller, and tells the observer
/// where there was a list. False where `json` is none: it must not be passed on.
bool append_visible_tools(RequestContext& context, std::string_view json, std::string& out);

}  // namespace sluice::resource
