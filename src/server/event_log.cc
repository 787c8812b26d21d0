#include "server/event_log.h"

#include "oauth/client_id.h"

namespace sluice::server {
namespace {

/// Adds only what is known, so that a line holds no empty texts.
void add_known(LogLine& line, std::string_view key, std::string_view text) {
    if (!text.empty()) line.add(key, text);
}

void count(metrics::Counters& metrics, oauth::EventKind kind) {
    switch (kind) {
        case oauth::EventKind::tokens_issued:
            ++metrics.tokens_issued;
            break;
        case oauth::EventKind::refresh_repeated:
            ++metrics.refresh_replays;
            break;
        case oauth::EventKind::replay_detected:
            ++metrics.families_revoked;
            break;
        case oauth::EventKind::login_failed:
            ++metrics.logins_failed;
            break;
        default:
            break;
    }
}

LogLevel level_of(oauth::EventKind kind) {
    const bool suspicious = kind == oauth::EventKind::replay_detected ||
                            kind == oauth::EventKind::login_failed ||
                            kind == oauth::EventKind::assertion_refused;
    return suspicious ? LogLevel::warning : LogLevel::info;
}

}  // namespace

void EventLog::on_request_finished(const http::FinishedRequest& request) {
    const metrics::Route route = router_.classify(request.path);
    metrics_.count_request(route, request.status, request.duration);
    if (route == metrics::Route::resource) {
        stats_.count_request(*router_.find_resource(request.path), request);
    }
    if (!log_.writes(LogLevel::info)) return;
    LogLine line = log_.line(LogLevel::info, shard_.wall_now(), "request");
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(request.duration).count();
    line.add("request_id", request.id)
        .add("method", request.method)
        .add("path", request.path)
        .add("status", http::code(request.status))
        .add("duration_us", us)
        .add("request_bytes", request.request_bytes)
        .add("response_bytes", request.response_bytes)
        .add("peer", request.peer);
    if (request.cut_off) line.add("cut_off", true);
}

void EventLog::on_event(const oauth::Event& event) {
    count(metrics_, event.kind);
    LogLine line = log_.line(level_of(event.kind), shard_.wall_now(), oauth::to_text(event.kind));
    if (event.request_id != 0) line.add("request_id", event.request_id);
    add_known(line, "client_id", oauth::short_client_id(event.client_id));
    add_known(line, "username", event.username);
    add_known(line, "scope", event.scope);
    add_known(line, "resource", event.resource);
    add_known(line, "detail", event.detail);
    add_known(line, "peer", event.address);
}

void EventLog::on_tool_call(const resource::ToolCallEvent& event) {
    stats_.count_call(event, shard_.now());
}

void EventLog::on_friction(const resource::FrictionEvent& event) {
    const friction::Decision& decision = event.decision;
    ++(decision.allowed ? metrics_.friction_allowed : metrics_.friction_refused);
    LogLine line = log_.line(LogLevel::info, shard_.wall_now(), "friction");
    line.add("request_id", event.request_id)
        .add("resource", event.resource)
        .add("client_id", oauth::short_client_id(event.client_id))
        .add("subject", event.subject)
        .add("tool_name", event.tool_name)
        .add("friction", decision.friction)
        .add("friction_level", friction::level_name(decision.level))
        .add("ema_rate", decision.current_rate)
        .add("target_rate", decision.target_rate)
        .add("effective_target", decision.effective_target)
        .add("cost", decision.cost)
        .add("allowed", decision.allowed)
        .add("justification_required", decision.justification_required)
        .add("saturation_detected", decision.saturation_detected)
        .add("acted_on", event.acted_on);
    add_known(line, "justification", event.justification);
}

void EventLog::on_refusal(const resource::RefusalEvent& event) {
    const bool fault = event.status >= 500;
    if (fault) ++metrics_.upstream_failures;
    LogLine line =
        log_.line(fault ? LogLevel::warning : LogLevel::info, shard_.wall_now(), "refused");
    line.add("request_id", event.request_id)
        .add("resource", event.resource)
        .add("status", event.status)
        .add("code", event.code);
    add_known(line, "client_id", oauth::short_client_id(event.client_id));
    add_known(line, "tool_name", event.tool_name);
    add_known(line, "detail", event.detail);
}

// One line for a flood: the requests have theirs.
void EventLog::on_unauthenticated(const resource::UnauthenticatedEvent& event) {
    stats_.count_unauthenticated(event);
    if (event.address.empty()) return;
    log_.line(LogLevel::warning, shard_.wall_now(), "invalid_tokens_throttled")
        .add("request_id", event.request_id)
        .add("peer", event.address);
}

void EventLog::on_tool_changed(const resource::ToolChangedEvent& event) {
    log_.line(LogLevel::warning, shard_.wall_now(), "tool_changed")
        .add("request_id", event.request_id)
        .add("resource", event.resource)
        .add("tool_name", event.tool_name)
        .add("description", event.description)
        .add("input_schema", event.input_schema)
        .add("old_hash", event.old_hash)
        .add("new_hash", event.new_hash);
}

void EventLog::on_forgiven(const resource::ForgivenEvent& event) {
    log_.line(LogLevel::info, shard_.wall_now(), "forgiven")
        .add("request_id", event.request_id)
        .add("resource", event.resource)
        .add("client_id", oauth::short_client_id(event.client_id))
        .add("subject", event.subject);
}

// With these the log holds every call that friction counts, so that it can be simulated.
void EventLog::on_counted(const resource::CountedEvent& event) {
    log_.line(LogLevel::debug, shard_.wall_now(), "friction")
        .add("request_id", event.request_id)
        .add("resource", event.resource)
        .add("client_id", oauth::short_client_id(event.client_id))
        .add("subject", event.subject)
        .add("tool_name", event.tool_name);
}

void EventLog::on_tools_listed(const resource::ListEvent& event) {
    log_.line(LogLevel::info, shard_.wall_now(), "tools_listed")
        .add("request_id", event.request_id)
        .add("resource", event.resource)
        .add("client_id", oauth::short_client_id(event.client_id))
        .add("tools_before", event.before)
        .add("tools_after", event.after);
}

void EventLog::on_windows_away(std::string_view reason) {
    log_.line(LogLevel::warning, shard_.wall_now(), "redis_away")
        .add("reason", reason)
        .add("instead", "each box counts rate limits for itself");
}

void EventLog::on_windows_back() {
    log_.line(LogLevel::info, shard_.wall_now(), "redis_back");
}

}  // namespace sluice::server
