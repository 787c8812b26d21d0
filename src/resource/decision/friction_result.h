// Friction refusal as an MCP tool result (isError), so that the model sees it.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "friction/tool_guard.h"
#include "resource/decision/decision.h"
#include "resource/mcp/era.h"

namespace sluice::resource {

/// Plain sentences for the model: that the tool was not run, and what helps. Allocates only for a
/// tool with a very long name. decision  One that is not allowed, for friction's sake.
using FrictionText = fmt::basic_memory_buffer<char, 1024>;
FrictionText friction_text(std::string_view tool, const Decision& decision);

inline std::string_view view(const FrictionText& text) {
    return {text.data(), text.size()};
}

/// Appends a JSON-RPC response with a tool result of isError true: friction_text(), and in _meta
/// the members tool, level, friction, current_rate and effective_target; of a refusal also
/// retry_after_seconds and waiting_helps, of a call that lacks its reason justification_required,
/// justification_key and justification_header. `id` is the request's, as JSON.
void append_friction_answer(std::string& out, std::string_view id, std::string_view tool,
                            const Decision& decision, Era era);

/// The same for a call that a server's own friction::ToolGuard held back.
void append_friction_answer(std::string& out, std::string_view id, const friction::Refusal& refusal,
                            Era era);

}  // namespace sluice::resource
