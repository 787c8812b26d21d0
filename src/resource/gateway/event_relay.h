// SSE proxy: an upstream's event stream, passed on event by event as it arrives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"
#include "http/sse.h"
#include "io/event.h"
#include "io/task_group.h"
#include "resource/gateway/answered_calls.h"
#include "resource/gateway/request_context.h"
#include "resource/gateway/task_view.h"
#include "resource/mcp/awaited_answers.h"
#include "resource/tools/tool_definition.h"
#include "resource/upstream/upstream.h"

namespace sluice::resource {

/// Events are read and written anew, each at once. While the upstream is silent a comment goes out
/// every `heartbeat` (0: never), only ever between events. Used once.
class EventRelay {
public:
    /// filter  Whether events may hold a list of tools that the caller may not see whole.
    /// looks   Whether lists of tools are looked at for changes.
    /// answered  To be shown the messages; null: nobody.
    /// awaited  The answers that the stream has to bring.
    EventRelay(RequestContext& context, bool filter, bool looks, AnsweredCalls* answered,
               TaskView& tasks, AwaitedAnswers awaited);

    /// The response's stream was begun; `ahead` are events to send first. False where the
    /// upstream's stream was cut off; true where it is complete.
    io::Task<bool> run(UpstreamResponse& answer, std::string_view ahead);

    /// Behind run(): sends an error for each answer that is awaited still, unless the client can
    /// ask for the rest of the stream (MCP 2025-11-25: its events have ids). True where it did, so
    /// that nothing is left to wait for. why  For the log: static text.
    io::Task<bool> answer_awaited(std::string_view why);

private:
    io::Task<void> send_heartbeats();
    io::Task<bool> pump(UpstreamResponse& answer);
    io::Task<bool> write(std::string_view text);
    bool take_events();
    void append_event(const http::SseEvent& event);
    void lose(std::string_view detail);

    RequestContext& context_;
    bool filter_;
    bool looks_;
    AnsweredCalls* answered_;
    TaskView& tasks_;
    AwaitedAnswers awaited_;
    bool has_ids_ = false;                // of events: the stream can be taken up again
    bool has_lost_ = false;               // an event that could not be passed on
    std::vector<ToolDefinition> listed_;  // by events that are not written yet
    std::vector<std::string> to_show_;    // to answered_, of such events
    http::SseReader reader_;
    std::string out_;
    std::string filtered_;
    std::string shown_;
    MonotonicTime last_write_{};
    bool writing_ = false;
    io::Event idle_;  // set while nobody writes
    io::CancelScope heartbeat_scope_;
    io::TaskGroup group_;
};

}  // namespace sluice::resource
