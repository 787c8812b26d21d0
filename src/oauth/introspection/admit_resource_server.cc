#include "oauth/introspection/admit_resource_server.h"

#include "http/request_builder.h"
#include "oauth/introspection/authenticate_caller.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

/// The long way, which counts wrong guesses.
io::Task<Result<Caller>> authenticate(ShardState& state, const http::Request& request,
                                      std::string_view authorization) {
    http::RequestBuilder shown(http::Method::post, "/");
    if (!authorization.empty()) shown.field("Authorization", authorization);
    shown.peer(request.peer());
    const http::Form none;
    co_return co_await authenticate_caller(state, shown.request(), none);
}

}  // namespace

const token::ResourceRights* find_resource_server(ShardState& state,
                                                  std::string_view authorization) {
    const Caller* const known =
        state.callers.find(crypto::sha256(authorization), state.clients.revision());
    return known != nullptr && !known->rights.none() ? &known->rights : nullptr;
}

io::Task<token::ResourceRights> admit_resource_server(ShardState& state,
                                                      const http::Request& request,
                                                      std::string_view authorization,
                                                      http::Response& response) {
    const token::ResourceRights* const known = find_resource_server(state, authorization);
    if (known != nullptr) co_return *known;
    const Result<Caller> caller = co_await authenticate(state, request, authorization);
    if (caller && !caller->rights.none()) co_return caller->rights;
    const Error error = caller ? refuse(ErrorCode::access_denied,
                                        "The client is not allowed to request decisions: "
                                        "introspect is not enabled for it.")
                                     .error()
                               : caller.error();
    write_json_error(response, error);
    state.observer.on_event({.kind = EventKind::request_refused,
                             .detail = to_text(error.code),
                             .address = request.peer(),
                             .request_id = request.id()});
    co_return token::ResourceRights();
}

}  // namespace sluice::oauth
