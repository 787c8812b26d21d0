// MCP server of `sluice dev`, built in: something real to call on the first day. It speaks the
// revisions of 2025 (without sessions) and 2026-07-28, and answers with JSON.
#pragma once

#include "base/json.h"
#include "http/message.h"
#include "notes/notes.h"

namespace sluice::notes {

/// Used on one shard.
class NotesServer {
public:
    /// Answers one request to the MCP endpoint.
    void handle(const http::Request& request, http::Response& response);

private:
    void answer(const JsonValue& message, bool stateless, http::Response& response);
    void answer_batch(const JsonValue& batch, http::Response& response);
    void call_tool(const JsonValue& id, const JsonValue& params, bool stateless,
                   http::Response& response);

    Notes notes_;
};

}  // namespace sluice::notes
