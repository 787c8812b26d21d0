// The stream that keeps the page up to date.
#include "admin/admin_service.h"
#include "admin/state_json.h"
#include "base/check.h"
#include "base/json_writer.h"
#include "http/error_response.h"
#include "http/sse.h"
#include "io/event.h"

namespace sluice::admin {
namespace {

constexpr Duration poll_interval = std::chrono::milliseconds{200};

/// One of at most so many.
class Watcher {
public:
    explicit Watcher(std::size_t& watchers) : watchers_(watchers) { ++watchers_; }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    ~Watcher() {
        CHECK(watchers_ > 0);
        --watchers_;
    }

private:
    std::size_t& watchers_;
};

}  // namespace

std::string AdminService::hello(const http::Request& request, std::string_view name) const {
    std::string data;
    JsonWriter(data)
        .begin_object()
        .member("operator", name)
        .member("token", operators_.form_token(Operators::find_cookie(request).value_or("")))
        .member("version", SLUICE_VERSION)
        .end_object();
    return data;
}

io::Task<void> AdminService::stream_events(http::Exchange& exchange) {
    http::Response& response = exchange.response();
    if (watchers_ == watchers_max) {
        response.add_field("Retry-After", "10");
        http::write_error(response, http::Status::service_unavailable, "too_many_watchers",
                          "Too many open pages.");
        co_return;
    }
    const Watcher watcher(watchers_);
    CHECK(watchers_ <= watchers_max && operators_.signed_in(exchange.request()) != nullptr);
    const std::string name = *operators_.signed_in(exchange.request());
    response.add_field("Content-Type", "text/event-stream");
    response.add_field("Cache-Control", "no-store");
    response.add_field("X-Accel-Buffering", "no");
    if (!co_await exchange.begin_stream()) co_return;
    std::string text;
    const std::string data = hello(exchange.request(), name);
    http::append_sse(text, {.event = "hello", .data = data, .retry = "2000", .has_data = true});
    std::string history;
    append_history(history, collector_.resources(), collector_.timeline());
    http::append_sse(text, {.event = "history", .data = history, .has_data = true});
    if (!co_await exchange.write(text)) co_return;
    co_await send_states(exchange);
}

io::Task<void> AdminService::send_states(http::Exchange& exchange) {
    const Timeline& timeline = collector_.timeline();
    std::size_t sent = 0;
    std::size_t points = timeline.points();
    std::string data;
    std::string text;
    // A sign-out, and the session's end, end the stream as well.
    while (operators_.signed_in(exchange.request()) != nullptr) {
        if (timeline.ticks() != sent) {
            sent = timeline.ticks();
            const auto clients = co_await collector_.clients();
            const auto changes = co_await collector_.changes();
            data.clear();
            text.clear();
            append_state(data, collector_.resources(), timeline, clients, changes, shard_.now(),
                         timeline.points() != points);
            points = timeline.points();
            http::append_sse(text, {.event = "state", .data = data, .has_data = true});
            if (!co_await exchange.write(text)) co_return;
        }
        if (!co_await io::Sleep(shard_, poll_interval, &exchange.drain())) break;
        if (exchange.cancelled()) co_return;
    }
    static_cast<void>(co_await exchange.finish());
}

}  // namespace sluice::admin
