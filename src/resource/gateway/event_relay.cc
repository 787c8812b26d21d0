#include "resource/gateway/event_relay.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "resource/decision/tool_changes.h"
#include "resource/gateway/refusal.h"
#include "resource/gateway/tool_view.h"

namespace sluice::resource {
namespace {

constexpr std::size_t event_bytes_max = 32 * 1024 * 1024;
constexpr std::string_view heartbeat_text = ": keep-alive\n\n";

}  // namespace

EventRelay::EventRelay(RequestContext& context, bool filter, bool looks, AnsweredCalls* answered,
                       TaskView& tasks, AwaitedAnswers awaited)
    : context_(context),
      filter_(filter),
      looks_(looks),
      answered_(answered),
      tasks_(tasks),
      awaited_(std::move(awaited)),
      reader_(event_bytes_max),
      idle_(context.exchange.shard()),
      heartbeat_scope_(&context.exchange.scope()) {
    idle_.set();
}

io::Task<bool> EventRelay::run(UpstreamResponse& answer, std::string_view ahead) {
    CHECK(group_.size() == 0 && out_.empty(), "a relay is used once");
    last_write_ = context_.exchange.shard().now();
    if (!ahead.empty() && !co_await write(ahead)) co_return false;
    if (context_.resource.settings().heartbeat > Duration::zero()) group_.spawn(send_heartbeats());
    const bool complete = co_await pump(answer);
    heartbeat_scope_.cancel();
    co_await group_.join();
    co_return complete;
}

io::Task<bool> EventRelay::answer_awaited(std::string_view why) {
    if (context_.exchange.cancelled() || awaited_.empty()) co_return false;
    if (has_ids_ && !has_lost_) co_return false;
    const std::vector<std::string_view> ids = awaited_.ids();
    out_.clear();
    for (const std::string& error : errors_of_lost(context_, ids, why)) {
        http::append_sse(out_, {.event = "message", .data = error, .has_data = true});
    }
    co_return co_await write(out_);
}

io::Task<bool> EventRelay::pump(UpstreamResponse& answer) {
    for (;;) {
        const auto chunk = co_await answer.next_chunk();
        if (!chunk) co_return false;
        if (chunk->empty()) co_return true;
        reader_.append(*chunk);
        out_.clear();
        if (!take_events()) co_return false;
        if (!listed_.empty()) {
            co_await note_tools(context_.decision_parts(), context_.resource,
                                context_.request().id(), std::exchange(listed_, {}));
        }
        if (tasks_.has_created()) co_await tasks_.note_created();
        for (const std::string& message : std::exchange(to_show_, {})) {
            co_await answered_->look_at(message);
        }
        if (!out_.empty() && !co_await write(out_)) co_return false;
    }
}

/// Every event that is complete, behind out_. False where one is beyond all bounds.
bool EventRelay::take_events() {
    for (;;) {
        const auto event = reader_.next();
        if (!event) return false;
        if (!*event) return true;
        append_event(**event);
    }
}

void EventRelay::append_event(const http::SseEvent& event) {
    has_ids_ = has_ids_ || !event.id.empty();
    if (looks_ && event.has_data) {
        for (auto& definition : read_tool_definitions(event.data, ToolInventory::tools_max)) {
            listed_.push_back(std::move(definition));
        }
    }
    if (answered_ != nullptr && event.has_data && answered_->concerns(event.data)) {
        to_show_.emplace_back(event.data);
    }
    if (!event.has_data || event.data.empty()) return append_sse(out_, event);
    // What is no JSON is no message of MCP, and a laxer reader might see a list in it.
    http::SseEvent shown = event;
    if (filter_) {
        filtered_.clear();
        if (!append_visible_tools(context_, shown.data, filtered_)) {
            return lose("an event whose data is no valid JSON, where a list of tools may stand");
        }
        shown.data = filtered_;
    }
    if (TaskView::concerns(shown.data)) {
        if (!tasks_.show(shown.data, shown_)) {
            return lose("an event that cannot be read, where a list of tasks may stand");
        }
        shown.data = shown_;
    }
    append_sse(out_, shown);
    if (!awaited_.empty()) awaited_.note(event.data);
}

void EventRelay::lose(std::string_view detail) {
    has_lost_ = true;
    note_lost(context_, detail);
}

io::Task<bool> EventRelay::write(std::string_view text) {
    while (writing_) co_await idle_.wait();
    CHECK(!writing_, "events are written one by one");
    writing_ = true;
    idle_.reset();
    const auto written = co_await context_.exchange.write(text);
    last_write_ = context_.exchange.shard().now();
    writing_ = false;
    idle_.set();
    co_return written.has_value();
}

io::Task<void> EventRelay::send_heartbeats() {
    const Duration every = context_.resource.settings().heartbeat;
    io::Shard& shard = context_.exchange.shard();
    for (bool asked = false;;) {
        const Duration rest = last_write_ + every - shard.now();
        io::CancelScope nap(&heartbeat_scope_);
        std::optional<io::CancelLink> early;
        if (!asked) early.emplace(context_.exchange.half_closed(), nap);
        const bool rested = co_await io::Sleep(shard, rest, &nap);
        if (heartbeat_scope_.cancelled()) co_return;
        if (!rested) {
            // Is it still there? Where it is gone altogether, this breaks the connection.
            asked = true;
            if (!co_await write(heartbeat_text)) co_return;
            continue;
        }
        // A write that is under way shows life as soon as the client reads again.
        if (writing_) last_write_ = shard.now();
        if (shard.now() - last_write_ < every) continue;
        if (!co_await write(heartbeat_text)) co_return;
    }
}

}  // namespace sluice::resource
