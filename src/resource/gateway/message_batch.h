// Batches of JSON-RPC messages (MCP 2025-03-26): answers put together, as JSON or as events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resource/gateway/request_context.h"

namespace sluice::resource {

/// Each of `messages` as an event of its own.
void append_events(std::string& out, const std::vector<std::string>& messages);

/// `messages` and those of `json`, which is one message, a batch, or nothing, as one batch.
std::string merged(std::string_view json, const std::vector<std::string>& messages);

/// Answers with `messages` alone: as JSON, or as events to a client that accepts nothing else.
void answer_messages(RequestContext& context, const std::vector<std::string>& messages,
                     bool is_batch);

}  // namespace sluice::resource
