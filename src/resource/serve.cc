#include "resource/serve.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/result.h"
#include "http/media_type.h"
#include "io/event.h"
#include "resource/authentication.h"
#include "resource/era.h"
#include "resource/refusal.h"
#include "resource/tool_gate.h"
#include "resource/upstream_call.h"

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

/// Lists and pings: sending them twice changes nothing.
bool is_repeatable(const PostedBody& body) {
    return std::ranges::all_of(body.messages(), [](const Message& message) {
        return message.method == "ping" || message.method == "server/discover" ||
               message.method.ends_with("/list");
    });
}

/// Friction of the caller is decided by this shard: what it reads for that can be fetched early.
bool is_counted_here(Visit& visit) {
    if (visit.resource.settings().friction == nullptr) return false;
    const unsigned owner = visit.caller_key().owner(visit.guards.count());
    return owner == visit.exchange.shard().index();
}

io::Task<void> serve_post(Visit& visit) {
    if (!is_plain_json(visit.request())) {
        refuse_media_type(visit);
        co_return;
    }
    io::Shard& shard = visit.exchange.shard();
    const bool counted_here = is_counted_here(visit);
    const auto fetch = [&](void (Guard::*step)(std::size_t, const CallerKey&) const) {
        return visit.guards.call(shard, shard.index(), [&visit, step](Guard& guard) {
            (guard.*step)(visit.resource.index(), visit.caller_key());
        });
    };
    if (counted_here) co_await fetch(&Guard::prefetch_index);
    auto body = PostedBody::parse(visit.request().body());
    if (!body) {
        refuse_message(visit, body.error());
        co_return;
    }
    const auto era = check_mirrored_headers(visit.request(), *body);
    if (!era) {
        refuse_message(visit, era.error());
        co_return;
    }
    if (counted_here) co_await fetch(&Guard::prefetch_client);
    const auto admitted = co_await admit_tool_calls(visit, *body, *era);
    if (!admitted) co_return;
    if (!admitted->forward) {
        answer_messages(visit, admitted->held, body->is_batch());
        co_return;
    }
    const UpstreamCall call{
        .text = admitted->held.empty() ? visit.request().body() : admitted->body,
        .body = &*body,
        .asks = count_requests(*body) > admitted->held.size(),
        .may_list_tools = lists_tools(*body),
        .repeatable = is_repeatable(*body),
        .held = &admitted->held};
    body->forget_document();  // the wait may be long, and the upstream may take its time
    const bool stayed = co_await io::Sleep(shard, admitted->delay, &visit.exchange.scope());
    if (stayed) co_await call_upstream(visit, call);
}

/// GET and DELETE exist in the older era only: an event stream, and the end of a session.
io::Task<void> serve_session(Visit& visit) {
    if (era_of(visit.request()) == Era::stateless) {
        refuse_method(visit, "POST, OPTIONS");
        co_return;
    }
    // A stream that is taken up again may repeat the answer to a tools/list.
    const bool is_stream = visit.request().method() == http::Method::get;
    const auto place = is_stream ? visit.streams.take(visit.caller_key().text()) : std::nullopt;
    if (is_stream && !place) {
        refuse_stream(visit);
        co_return;
    }
    const UpstreamCall call{.may_list_tools = is_stream, .endless = is_stream};
    co_await call_upstream(visit, call);
}

}  // namespace

io::Task<void> serve(Visit& visit, const OriginRule& origins) {
    const http::Method method = visit.request().method();
    if (!origins.allows(visit.request())) {
        refuse_origin(visit);
        co_return;
    }
    if (method == http::Method::options) {
        answer_preflight(visit.request(), visit.response());
        co_return;
    }
    add_cors_fields(visit.request(), visit.response());
    if (method != http::Method::get && method != http::Method::post &&
        method != http::Method::delete_) {
        refuse_method(visit, resource_methods);
        co_return;
    }
    if (!co_await authenticate(visit)) co_return;
    if (method == http::Method::post) {
        co_await serve_post(visit);
    } else {
        co_await serve_session(visit);
    }
}

}  // namespace sluice::resource
