#include "resource/gateway/upstream_relay.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "resource/decision/tool_changes.h"
#include "resource/gateway/event_relay.h"
#include "resource/gateway/forward.h"
#include "resource/gateway/message_batch.h"
#include "resource/gateway/refusal.h"
#include "resource/gateway/task_view.h"
#include "resource/gateway/token_watch.h"
#include "resource/gateway/tool_view.h"
#include "resource/gateway/upstream_answer.h"

namespace sluice::resource {

namespace {

using Kind = http::ClientError::Kind;

constexpr std::size_t whole_body_max = 16 * 1024 * 1024;  // of an answer that is read to its end
constexpr std::size_t held_back_max = 64 * 1024;  // below it, an answer is sent in one piece
constexpr int bytes_per_second_min = 1024;        // of a longer one

/// One answer of the upstream on its way to the client.
class Relay {
public:
    Relay(RequestContext& context, const UpstreamCall& call, UpstreamResponse& answer,
          io::CancelScope& scope)
        : context_(context),
          call_(call),
          answer_(answer),
          scope_(scope),
          deadline_(scope),
          looks_(call.may_list_tools && watches_tools(context.resource)),
          tasks_(context) {}

    io::Task<void> run() {
        if (is_not_for_clients(answer_.status())) co_return refuse(Kind::garbage);
        if (call_.asks && is_no_answer(answer_.head())) co_return refuse(Kind::garbage);
        if (!seal_session()) co_return refuse(Kind::garbage);
        const bool hides = call_.may_list_tools && !context_.resource.policy().is_uniform();
        if ((hides || call_.may_list_tasks) && answer_.head().field("Content-Encoding")) {
            co_return refuse(Kind::garbage);
        }
        if (call_.may_list_tasks) co_await tasks_.load();
        context_.response().set_status(answer_.status());
        CHECK(http::code(answer_.status()) >= 200, "the client reads only answers to the end");
        if (is_events(answer_.head())) co_return co_await relay_events(hides);
        const bool adds = call_.held != nullptr && !call_.held->empty();
        if (hides && is_json(answer_.head())) co_return co_await relay_filtered();
        if (hides && succeeds(answer_.status()) && answer_.status() != http::Status::accepted) {
            co_return refuse(Kind::garbage);
        }
        if (adds && succeeds(answer_.status())) co_return co_await relay_merged();
        co_await relay_plain();
    }

private:
    /// Finds what the client gets for the session id of the answer. False where that is none.
    bool seal_session() {
        const auto id = answer_.head().field("Mcp-Session-Id");
        if (!id) return true;
        if (*id == context_.session_id) {
            session_ = *context_.request().field("Mcp-Session-Id");
            return true;
        }
        const auto sealed = context_.sessions == nullptr
                                ? std::nullopt
                                : context_.sessions->seal(*id, context_.resource.settings().path,
                                                          context_.caller_key(),
                                                          context_.exchange.shard().random());
        session_ = sealed.value_or("");
        return sealed.has_value();
    }

    void copy_fields() {
        copy_answer_fields(context_.response(), answer_.head().fields());
        if (!session_.empty()) context_.response().add_field("Mcp-Session-Id", session_);
    }

    /// An upstream that says when to come again is busy, whatever page comes with it.
    bool is_busy() const {
        const http::Status status = answer_.status();
        return answer_.head().field("Retry-After") &&
               (status == http::Status::service_unavailable ||
                status == http::Status::too_many_requests);
    }

    void refuse(Kind kind) {
        if (is_busy()) {
            refuse_busy(context_, answer_.status(), *answer_.head().field("Retry-After"),
                        call_.body);
        } else {
            refuse_upstream(context_, {kind, ""}, call_.body);
        }
    }

    /// `body` is whole, said to be JSON, and cannot be read as it must be.
    void refuse_body() {
        if (!refuses(answer_.status()) || is_busy()) return refuse(Kind::garbage);
        // The status says what a client must do: begin a new session, do without a stream.
        if (const auto allow = answer_.head().field("Allow")) {
            context_.response().add_field("Allow", *allow);
        }
        refuse_unreadable(context_, answer_.status(), call_.body);
    }

    /// The answers that this one has to bring: what is held back here has been answered.
    AwaitedAnswers awaited() const {
        if (!call_.asks) return {};
        AwaitedAnswers awaited(*call_.body);
        if (call_.held == nullptr) return awaited;
        for (const std::string& message : *call_.held) CHECK(awaited.note(message));
        return awaited;
    }

    /// Whether a whole body may be passed on: what answers a request, or says why there is no
    /// answer, must be JSON where it is said to be. Adds errors for those requests of a batch that
    /// it leaves out.
    bool is_readable(std::string& body) {
        const http::Status status = answer_.status();
        if (!call_.asks && !refuses(status)) return true;
        if (body.empty()) return refuses(status) || status == http::Status::accepted;
        if (!is_json(answer_.head()) || answer_.head().field("Content-Encoding")) return true;
        AwaitedAnswers left = awaited();
        // Bytes that are no UTF-8 are the client's affair.
        if (!left.note(body)) return is_json_shaped(body);
        if (left.empty() || !succeeds(status)) return true;
        if (!call_.body->is_batch()) return false;
        body = merged(body, errors_of_lost(context_, left.ids(),
                                           "its response leaves out requests of the batch"));
        return true;
    }

    io::Task<void> relay_events(bool hides) {
        // An endless one has its permit already.
        const auto permit =
            call_.endless ? std::nullopt : context_.streams.acquire(context_.caller_key().text());
        if (!call_.endless && !permit) {
            refuse_stream(context_, call_.body);
            co_return;
        }
        http::Response& response = context_.response();
        copy_fields();
        if (!response.field("Cache-Control")) response.add_field("Cache-Control", "no-cache");
        response.add_field("X-Accel-Buffering", "no");
        if (!co_await context_.exchange.begin_stream()) co_return;
        std::string ahead;
        if (call_.held != nullptr) append_events(ahead, *call_.held);
        EventRelay relay(context_, hides, looks_, call_.answered, tasks_, awaited());
        TokenWatch watch(context_, scope_);
        watch.start();
        const bool complete = co_await relay.run(answer_, ahead);
        co_await watch.stop();
        // Not by the client: the server drains, or the token is good no longer.
        const bool drained = call_.endless && scope_.cancelled();
        const bool ended = (drained || watch.token_ended()) && !context_.exchange.cancelled();
        const std::string_view why =
            complete ? "its event stream ended without the answer"
            : ended  ? "its event stream was ended before the answer: its token is good no longer"
                     : "its event stream was cut off before the answer";
        const bool answered = co_await relay.answer_awaited(why);
        if (complete || ended || answered) {
            static_cast<void>(co_await context_.exchange.finish());
        }
    }

    /// The whole body, behind the response's. False where it did not come: then answered.
    io::Task<bool> read_whole(std::string& body) {
        restart_deadline();
        const auto read = co_await answer_.read_body(body, whole_body_max);
        if (!read) refuse_upstream(context_, read.error(), call_.body);
        co_return read.has_value();
    }

    /// Whether the tools of a list are what they were, and which calls count by this answer.
    io::Task<void> look_at(std::string_view body) {
        AnsweredCalls* const answered = call_.answered;
        if (answered != nullptr && succeeds(answer_.status()) && answered->concerns(body)) {
            co_await answered->look_at(body);
        }
        if (!looks_ || !is_json(answer_.head()) || answer_.head().field("Content-Encoding")) {
            co_return;
        }
        co_await note_tools(context_.decision_parts(), context_.resource, context_.request().id(),
                            read_tool_definitions(body, ToolInventory::tools_max));
    }

    io::Task<void> relay_filtered() {
        std::string body;
        if (!co_await read_whole(body)) co_return;
        std::string shown;
        if (!is_readable(body)) co_return refuse_body();
        co_await look_at(body);
        if (!body.empty() && !append_visible_tools(context_, body, shown)) co_return refuse_body();
        if (call_.held != nullptr && !call_.held->empty()) shown = merged(shown, *call_.held);
        if (TaskView::concerns(shown) && !co_await show_tasks(shown)) co_return refuse_body();
        copy_fields();
        context_.response().body() = shown;
    }

    io::Task<void> relay_merged() {
        std::string body;
        if (!co_await read_whole(body)) co_return;
        if (call_.asks && !is_readable(body)) co_return refuse_body();
        co_await look_at(body);
        context_.response().set_status(http::Status::ok);
        copy_fields();
        if (!is_json(answer_.head())) {
            context_.response().add_field("Content-Type", "application/json");
        }
        std::string shown = merged(body, *call_.held);
        if (TaskView::concerns(shown) && !co_await show_tasks(shown)) co_return refuse_body();
        context_.response().body() = shown;
    }

    io::Task<void> relay_plain() {
        http::Response& response = context_.response();
        std::string& body = response.body();
        body.clear();
        bool complete = false;
        restart_deadline();  // of all that is held back: a drip does not earn time
        while (!complete && body.size() <= whole_max()) {
            const auto chunk = co_await answer_.next_chunk();
            if (!chunk) {
                refuse_upstream(context_, chunk.error(), call_.body);
                co_return;
            }
            body += *chunk;
            complete = chunk->empty();
        }
        if (complete && !is_readable(body)) co_return refuse_body();
        if (complete) co_await look_at(body);
        if (complete && TaskView::concerns(body) && !co_await show_tasks(body)) {
            co_return refuse_body();
        }
        copy_fields();
        deadline_.stop();
        if (!complete) co_await stream_rest(body);
    }

    /// The upstream may pause for as long as an answer may take, and earns that time by what it
    /// sends. How slowly the client reads is not its fault.
    io::Task<void> stream_rest(const std::string& body) {
        if (!co_await context_.exchange.begin_stream()) co_return;
        if (!co_await context_.exchange.write(body)) co_return;
        io::Shard& shard = context_.exchange.shard();
        const Duration pause_max = context_.resource.settings().timeout;
        for (Duration left = pause_max;;) {
            const MonotonicTime due = shard.now() + left;
            shard.timers().start(deadline_, due);
            const auto chunk = co_await answer_.next_chunk();
            if (!chunk) co_return;  // the client sees that the stream was cut off
            if (chunk->empty()) break;
            deadline_.stop();
            const Duration earned =
                Duration(Seconds(static_cast<std::int64_t>(chunk->size()))) / bytes_per_second_min;
            left = std::min(pause_max, due - shard.now() + earned);
            if (!co_await context_.exchange.write(*chunk)) co_return;
        }
        static_cast<void>(co_await context_.exchange.finish());
    }

    /// How much of an answer is held back to be looked at.
    std::size_t whole_max() const {
        const bool awaits = call_.answered != nullptr && call_.answered->awaits();
        return looks_ || awaits || call_.may_list_tasks ? whole_body_max : held_back_max;
    }

    /// With the tasks in `body` named as this caller knows them; false where it must not pass. In
    /// one that is too long to be held back an id stays the MCP server's, which nobody can use.
    io::Task<bool> show_tasks(std::string& body) {
        std::string shown;
        if (!tasks_.show(body, shown)) co_return false;
        body = std::move(shown);
        co_await tasks_.note_created();
        co_return true;
    }

    void restart_deadline() {
        io::Shard& shard = context_.exchange.shard();
        shard.timers().start(deadline_, shard.now() + context_.resource.settings().timeout);
    }

    RequestContext& context_;
    const UpstreamCall& call_;
    UpstreamResponse& answer_;
    io::CancelScope& scope_;
    io::Deadline deadline_;
    const bool looks_;  // at lists of tools, for changes
    TaskView tasks_;
    std::string session_;  // Mcp-Session-Id for the client; empty: none
};

}  // namespace

io::Task<void> relay_answer(RequestContext& context, const UpstreamCall& call,
                            UpstreamResponse& answer, io::CancelScope& scope) {
    Relay relay(context, call, answer, scope);
    co_await relay.run();
}

}  // namespace sluice::resource
