// What a client reads when friction holds a tool call back: a tool result, so that the model sees
// it.
#pragma once

#include <string>
#include <string_view>

#include "friction/decision.h"
#include "resource/era.h"

namespace sluice::resource {

/// Appends a JSON-RPC response with a tool result of isError true: a plain sentence for the model,
/// and in _meta the members tool, level, friction, retry_after_seconds, waiting_helps,
/// current_rate, effective_target. `id` is the request's, as JSON.
void append_friction_answer(std::string& out, std::string_view id, std::string_view tool,
                            const friction::Decision& decision, Era era);

}  // namespace sluice::resource
