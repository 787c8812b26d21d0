#include "resource/gateway/serve.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "base/result.h"
#include "http/media_type.h"
#include "io/event.h"
#include "resource/gateway/authentication.h"
#include "resource/gateway/message_batch.h"
#include "resource/gateway/refusal.h"
#include "resource/gateway/task_view.h"
#include "resource/gateway/tool_gate.h"
#include "resource/gateway/upstream_call.h"
#include "resource/mcp/era.h"

namespace sluice::resource {
namespace {

/// Read in one way only, so that the MCP server reads what was decided on.
bool is_plain_json(const http::Request& request) {
    const auto type = request.field("Content-Type");
    if (!type || !http::is_media_type(*type, "application/json")) return false;
    const auto coding = request.field("Content-Encoding");
    return !coding || equal_ignoring_case(*coding, "identity");
}

bool lists_tools(const PostedBody& body) {
    return std::ranges::any_of(body.messages(), &Message::is_tool_list);
}

std::size_t count_requests(const PostedBody& body) {
    return static_cast<std::size_t>(
        std::ranges::count(body.messages(), Message::Kind::request, &Message::kind));
}

/// What is answered by a stream that has no end of its own (MCP 2026-07-28).
bool subscribes(const PostedBody& body) {
    return std::ranges::any_of(body.messages(), [](const Message& message) {
        return message.method == "subscriptions/listen";
    });
}

/// Lists and pings: sending them twice changes nothing.
bool is_repeatable(const PostedBody& body) {
    return std::ranges::all_of(body.messages(), [](const Message& message) {
        return message.method == "ping" || message.method == "server/discover" ||
               message.method.ends_with("/list");
    });
}

/// Friction of the caller is decided by this shard: what it reads for that can be fetched early.
bool is_counted_here(RequestContext& context) {
    if (context.resource.settings().friction == nullptr) return false;
    const unsigned owner = context.caller_key().owner(context.guards.count());
    return owner == context.exchange.shard().index();
}

/// Finds the MCP server's own session id. body  What was posted; null: nothing.
std::expected<void, Answered> find_session(RequestContext& context, const PostedBody* body) {
    const http::Request& request = context.request();
    const std::size_t count = request.field_count("Mcp-Session-Id");
    if (count == 0) return {};
    if (context.sessions == nullptr) return failure(refuse_all_sessions(context, body));
    const std::string_view sealed = *request.field("Mcp-Session-Id");
    const std::string& path = context.resource.settings().path;
    if (count == 1 &&
        context.sessions->open(sealed, path, context.caller_key(), context.session_id)) {
        return {};
    }
    context.session_id.clear();
    return failure(refuse_session(context, body));
}

/// Where the body names tasks: `body` becomes one that names them as the MCP server does, whose
/// text is `opened`.
std::expected<void, Answered> open_tasks(RequestContext& context, std::string& opened,
                                         PostedBody& body) {
    const std::string_view posted = context.request().body();
    if (!TaskView::concerns(body, posted)) return {};
    if (context.tasks == nullptr) return failure(refuse_all_sessions(context, &body));
    if (!TaskView(context).open(posted, opened)) return failure(refuse_task(context, body));
    auto anew = PostedBody::parse(opened);
    if (!anew) return failure(refuse_message(context, anew.error()));
    body = *std::move(anew);
    return {};
}

io::Task<void> serve_post(RequestContext& context) {
    if (!is_plain_json(context.request())) {
        refuse_media_type(context);
        co_return;
    }
    if (!context.exchange.body_complete()) {
        const auto read = co_await context.exchange.read_body();
        if (!read) {
            refuse_body(context, read.error());
            co_return;
        }
    }
    io::Shard& shard = context.exchange.shard();
    const bool counted_here = is_counted_here(context);
    const auto fetch = [&](void (Guard::*step)(std::size_t, const CallerKey&) const) {
        return context.guards.call(shard, shard.index(), [&context, step](Guard& guard) {
            (guard.*step)(context.resource.index(), context.caller_key());
        });
    };
    if (counted_here) co_await fetch(&Guard::prefetch_index);
    auto body = PostedBody::parse(context.request().body());
    if (!body) {
        refuse_message(context, body.error());
        co_return;
    }
    const auto era = check_mirrored_headers(context.request(), *body);
    if (!era) {
        refuse_message(context, era.error());
        co_return;
    }
    // Without meaning in the stateless era, and then not passed on.
    if (*era == Era::sessions && !find_session(context, &*body)) co_return;
    std::string opened;
    if (!open_tasks(context, opened, *body)) co_return;
    const std::string_view text = opened.empty() ? context.request().body() : opened;
    if (counted_here) co_await fetch(&Guard::prefetch_client);
    auto admitted = co_await admit_tool_calls(context, *body, *era);
    if (!admitted) co_return;
    if (!admitted->forward) {
        answer_messages(context, admitted->held, body->is_batch());
        co_return;
    }
    CHECK(admitted->held.size() < body->messages().size(), "something is left to pass on");
    const bool counts = context.resource.settings().friction != nullptr;
    AnsweredCalls answered(context, std::move(admitted->expected), &*body);
    const UpstreamCall call{.text = admitted->held.empty() ? text : admitted->body,
                            .body = &*body,
                            .asks = count_requests(*body) > admitted->held.size(),
                            .may_list_tools = lists_tools(*body),
                            .may_list_tasks = TaskView::lists(*body),
                            .repeatable = is_repeatable(*body),
                            .endless = subscribes(*body),
                            .held = &admitted->held,
                            .answered = counts ? &answered : nullptr};
    body->forget_document();  // the wait may be long, and the upstream may take its time
    const bool stayed = co_await io::Sleep(shard, admitted->delay, &context.exchange.scope());
    if (stayed) co_await call_upstream(context, call);
}

/// GET and DELETE exist in the older era only: an event stream, and the end of a session.
io::Task<void> serve_session(RequestContext& context) {
    if (era_of(context.request()) == Era::stateless) {
        refuse_method(context, "POST, OPTIONS");
        co_return;
    }
    if (!find_session(context, nullptr)) co_return;
    // A stream that is taken up again may repeat the answer to a tools/list.
    const bool is_stream = context.request().method() == http::Method::get;
    const UpstreamCall call{
        .may_list_tools = is_stream, .may_list_tasks = is_stream, .endless = is_stream};
    co_await call_upstream(context, call);
}

}  // namespace

io::Task<void> serve(RequestContext& context, const OriginRule& origins) {
    const http::Method method = context.request().method();
    if (!origins.allows(context.request())) {
        refuse_origin(context);
        co_return;
    }
    if (method == http::Method::options) {
        answer_preflight(context.request(), context.response());
        co_return;
    }
    add_cors_fields(context.request(), context.response());
    if (method != http::Method::get && method != http::Method::post &&
        method != http::Method::delete_) {
        refuse_method(context, resource_methods);
        co_return;
    }
    if (!co_await authenticate(context)) co_return;
    if (method == http::Method::post) {
        co_await serve_post(context);
    } else {
        co_await serve_session(context);
    }
}

}  // namespace sluice::resource
