#include "resource/gateway/upstream_call.h"

#include <optional>

#include "base/check.h"
#include "resource/gateway/forward.h"
#include "resource/gateway/refusal.h"
#include "resource/gateway/upstream_relay.h"

namespace sluice::resource {

io::Task<void> call_upstream(RequestContext& context, const UpstreamCall& call) {
    const ProtectedResource& resource = context.resource;
    CHECK(!call.asks || call.body != nullptr, "who asks has posted something");
    const auto permit =
        call.endless ? context.streams.acquire(context.caller_key().text()) : std::nullopt;
    if (call.endless && !permit) {
        refuse_stream(context, call.body);
        co_return;
    }
    io::CancelScope scope(&context.exchange.scope());
    http::OutgoingRequest& request = context.exchange.outgoing();
    fill_upstream_request(request, context.request(), resource.upstream().target(), context.caller,
                          {context.session_id, context.mcp_name}, call.text);
    // An event stream may be silent for as long as it likes: pieces have deadlines in the relay.
    const http::CallOptions options{.head_timeout = resource.settings().timeout,
                                    .chunk_timeout = Duration::zero(),
                                    .connect_timeout = resource.settings().connect_timeout,
                                    .repeatable = call.repeatable,
                                    .scope = &scope};
    auto answer = co_await resource.upstream().send(request, options);
    if (!answer) {
        if (!context.exchange.cancelled()) refuse_upstream(context, answer.error(), call.body);
        co_return;
    }
    std::optional<io::CancelLink> drain;
    if (call.endless) drain.emplace(context.exchange.drain(), scope);
    co_await relay_answer(context, call, **answer, scope);
}

}  // namespace sluice::resource
