#include "resource/upstream_call.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/media_type.h"
#include "http/sse.h"
#include "resource/event_relay.h"
#include "resource/forward.h"
#include "resource/json_shape.h"
#include "resource/raw_json.h"
#include "resource/refusal.h"
#include "resource/token_watch.h"
#include "resource/tool_changes.h"
#include "resource/tool_view.h"

namespace sluice::resource {
namespace {

using Kind = http::ClientError::Kind;

constexpr std::size_t whole_body_max = 16 * 1024 * 1024;  // of an answer that is read to its end
constexpr std::size_t held_back_max = 64 * 1024;  // below it, an answer is sent in one piece
constexpr int bytes_per_second_min = 1024;        // of a longer one

/// Cancels a scope when another is cancelled that is not its parent.
class Link final : io::Cancellable {
public:
    Link(io::CancelScope& from, io::CancelScope& to) : to_(to) { join(&from); }

private:
    void on_cancel() override { to_.cancel(); }
    io::CancelScope& to_;
};

bool is_events(const http::ResponseHead& head) {
    return http::is_media_type(head.field("Content-Type").value_or(""), "text/event-stream");
}
bool is_json(const http::ResponseHead& head) {
    return http::is_media_type(head.field("Content-Type").value_or(""), "application/json");
}

/// What must not reach the client: it would look for credentials, or go, somewhere else.
bool is_not_for_clients(http::Status status) {
    const int code = http::code(status);
    return code == 401 || code == 407 || (code >= 300 && code < 400);
}

bool succeeds(http::Status status) {
    return http::code(status) >= 200 && http::code(status) < 300;
}
bool refuses(http::Status status) {
    return http::code(status) >= 400 && http::code(status) < 500;
}

/// Whether the answer to a JSON-RPC request cannot be one: a proxy's page, or nothing at all.
bool is_no_answer(const http::ResponseHead& head) {
    const http::Status status = head.status();
    if (http::code(status) >= 500) return !is_json(head);
    if (!succeeds(status) || status == http::Status::accepted) return false;
    return (!is_json(head) && !is_events(head)) ||
           parse_decimal(head.field("Content-Length").value_or("")) == 0U;
}

void append_events(std::string& out, const std::vector<std::string>& messages) {
    for (const std::string& message : messages) {
        http::append_sse(out, {.event = "message", .data = message, .has_data = true});
    }
}

/// `messages` and those of `json`, which is one message, a batch, or nothing, as one batch.
std::string merged(std::string_view json, const std::vector<std::string>& messages) {
    std::string out = "[";
    const auto add = [&out](std::string_view message) {
        if (out.size() > 1) out += ',';
        out += message;
    };
    // A mark that may stand at a text's start (RFC 8259 §8.1) must not stand within one.
    if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
    if (const auto document = JsonDocument::parse(json)) {
        if (document->root().is_array()) {
            for (const std::string_view message : split_raw_json(json)) add(message);
        } else {
            add(json);
        }
    }
    for (const std::string& message : messages) add(message);
    return out + "]";
}

/// One answer of the upstream on its way to the client.
class Relay {
public:
    Relay(Visit& visit, const UpstreamCall& call, http::ClientResponse& answer,
          io::CancelScope& scope)
        : visit_(visit),
          call_(call),
          answer_(answer),
          scope_(scope),
          deadline_(scope),
          looks_(call.may_list_tools && looks_at_tools(visit)) {}

    io::Task<void> run() {
        if (is_not_for_clients(answer_.status())) co_return refuse(Kind::garbage);
        if (call_.asks && is_no_answer(answer_.head())) co_return refuse(Kind::garbage);
        const bool hides = call_.may_list_tools && !visit_.resource.policy().is_uniform();
        if (hides && answer_.head().field("Content-Encoding")) co_return refuse(Kind::garbage);
        visit_.response().set_status(answer_.status());
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
    void refuse(Kind kind) { refuse_upstream(visit_, {kind, ""}, call_.body); }

    /// `body` is whole, said to be JSON, and cannot be read as it must be.
    void refuse_body() {
        if (!refuses(answer_.status())) return refuse(Kind::garbage);
        // The status says what a client must do: begin a new session, do without a stream.
        if (const auto allow = answer_.head().field("Allow")) {
            visit_.response().add_field("Allow", *allow);
        }
        refuse_unreadable(visit_, answer_.status(), call_.body);
    }

    /// Whether a whole body may be passed on: what answers a request, or says why there is no
    /// answer, must be JSON where it is said to be.
    bool is_readable(std::string_view body) const {
        const http::Status status = answer_.status();
        if (!call_.asks && !refuses(status)) return true;
        if (body.empty()) return refuses(status) || status == http::Status::accepted;
        return !is_json(answer_.head()) || answer_.head().field("Content-Encoding") ||
               is_json_shaped(body);
    }

    io::Task<void> relay_events(bool hides) {
        http::Response& response = visit_.response();
        copy_answer_fields(response, answer_.head().fields());
        if (!response.field("Cache-Control")) response.add_field("Cache-Control", "no-cache");
        response.add_field("X-Accel-Buffering", "no");
        if (!co_await visit_.exchange.begin_stream()) co_return;
        std::string ahead;
        if (call_.held != nullptr) append_events(ahead, *call_.held);
        EventRelay relay(visit_, hides, looks_);
        TokenWatch watch(visit_, scope_);
        if (call_.endless) watch.start();
        const bool complete = co_await relay.run(answer_, ahead);
        co_await watch.stop();
        // Not by the client: the server drains, or the token is good no longer.
        const bool ended = call_.endless && scope_.cancelled() && !visit_.exchange.cancelled();
        if (complete || ended) static_cast<void>(co_await visit_.exchange.finish());
    }

    /// The whole body, behind the response's. False where it did not come: then answered.
    io::Task<bool> read_whole(std::string& body) {
        restart_deadline();
        const auto read = co_await answer_.read_body(body, whole_body_max);
        if (!read) refuse_upstream(visit_, read.error(), call_.body);
        co_return read.has_value();
    }

    /// Whether the tools of a list are what they were.
    io::Task<void> look_at(std::string_view body) {
        if (!looks_ || !is_json(answer_.head()) || answer_.head().field("Content-Encoding")) {
            co_return;
        }
        co_await note_tools(visit_, read_tool_definitions(body, ToolBook::tools_max));
    }

    io::Task<void> relay_filtered() {
        std::string body;
        if (!co_await read_whole(body)) co_return;
        std::string shown;
        if (!is_readable(body)) co_return refuse_body();
        co_await look_at(body);
        if (!body.empty() && !append_visible_tools(visit_, body, shown)) co_return refuse_body();
        if (call_.held != nullptr && !call_.held->empty()) shown = merged(shown, *call_.held);
        copy_answer_fields(visit_.response(), answer_.head().fields());
        visit_.response().body() = shown;
    }

    io::Task<void> relay_merged() {
        std::string body;
        if (!co_await read_whole(body)) co_return;
        if (call_.asks && !is_readable(body)) co_return refuse_body();
        co_await look_at(body);
        visit_.response().set_status(http::Status::ok);
        copy_answer_fields(visit_.response(), answer_.head().fields());
        if (!is_json(answer_.head())) {
            visit_.response().add_field("Content-Type", "application/json");
        }
        visit_.response().body() = merged(body, *call_.held);
    }

    io::Task<void> relay_plain() {
        http::Response& response = visit_.response();
        std::string& body = response.body();
        body.clear();
        bool complete = false;
        restart_deadline();  // of all that is held back: a drip does not earn time
        while (!complete && body.size() <= (looks_ ? whole_body_max : held_back_max)) {
            const auto chunk = co_await answer_.next_chunk();
            if (!chunk) {
                refuse_upstream(visit_, chunk.error(), call_.body);
                co_return;
            }
            body += *chunk;
            complete = chunk->empty();
        }
        if (complete && !is_readable(body)) co_return refuse_body();
        if (complete) co_await look_at(body);
        copy_answer_fields(response, answer_.head().fields());
        deadline_.stop();
        if (!complete) co_await stream_rest(body);
    }

    /// The upstream may pause for as long as an answer may take, and earns that time by what it
    /// sends. How slowly the client reads is not its fault.
    io::Task<void> stream_rest(const std::string& body) {
        if (!co_await visit_.exchange.begin_stream()) co_return;
        if (!co_await visit_.exchange.write(body)) co_return;
        io::Shard& shard = visit_.exchange.shard();
        const Duration pause_max = visit_.resource.settings().timeout;
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
            if (!co_await visit_.exchange.write(*chunk)) co_return;
        }
        static_cast<void>(co_await visit_.exchange.finish());
    }

    void restart_deadline() {
        io::Shard& shard = visit_.exchange.shard();
        shard.timers().start(deadline_, shard.now() + visit_.resource.settings().timeout);
    }

    Visit& visit_;
    const UpstreamCall& call_;
    http::ClientResponse& answer_;
    io::CancelScope& scope_;
    io::Deadline deadline_;
    const bool looks_;  // at lists of tools, for changes
};

}  // namespace

io::Task<void> call_upstream(Visit& visit, const UpstreamCall& call) {
    const Protected& resource = visit.resource;
    io::CancelScope scope(&visit.exchange.scope());
    http::OutgoingRequest& request = visit.exchange.outgoing();
    fill_upstream_request(request, visit.request(), resource.upstream_target(), visit.caller,
                          call.text);
    // An event stream may be silent for as long as it likes: pieces have deadlines in Relay.
    const http::CallOptions options{.head_timeout = resource.settings().timeout,
                                    .chunk_timeout = Duration::zero(),
                                    .connect_timeout = resource.settings().connect_timeout,
                                    .repeatable = call.repeatable,
                                    .scope = &scope};
    auto answer = co_await resource.client().send(resource.upstream(), request, options);
    if (!answer) {
        if (!visit.exchange.cancelled()) refuse_upstream(visit, answer.error(), call.body);
        co_return;
    }
    std::optional<Link> drain;
    if (call.endless) drain.emplace(visit.exchange.drain(), scope);
    Relay relay(visit, call, *answer, scope);
    co_await relay.run();
}

void answer_messages(Visit& visit, const std::vector<std::string>& messages, bool is_batch) {
    http::Response& response = visit.response();
    response.set_status(http::Status::ok);
    response.add_field("Cache-Control", "no-store");
    const std::string_view accept = visit.request().field("Accept").value_or("");
    if (!http::accepts(accept, "application/json") &&
        http::accepts_by_name(accept, "text/event-stream")) {
        response.add_field("Content-Type", "text/event-stream");
        response.add_field("X-Accel-Buffering", "no");
        append_events(response.body(), messages);
        return;
    }
    response.add_field("Content-Type", "application/json");
    response.body() = is_batch ? merged("", messages) : messages.front();
}

}  // namespace sluice::resource
