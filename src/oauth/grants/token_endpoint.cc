// POST /token (RFC 6749 §3.2).
#include "oauth/grants/token_endpoint.h"

#include <string>
#include <string_view>

#include "http/form.h"
#include "oauth/clients/authenticate_client.h"
#include "oauth/clients/stored_client.h"
#include "oauth/cors.h"
#include "oauth/grants/grant_table.h"
#include "oauth/grants/token_request.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

Result<const GrantDeclaration*> find_grant(const Settings& settings, std::string_view name) {
    const auto type = find_by_name(grant_type_names, name);
    for (const GrantDeclaration& grant : grant_table()) {
        if (grant.type == type && is_offered(grant, settings)) return &grant;
    }
    return refuse(ErrorCode::unsupported_grant_type,
                  "The grant type " + describable(name) + " is not supported.");
}

io::Task<TokenResult> answer(ShardState& state, const http::Request& request, http::Form& form,
                             std::string& converted, ClientHandle& client) {
    CO_REQUIRE(read_form_or_json_body(form, request, converted));
    CO_TRY(const std::string_view name, require_parameter(form, "grant_type"));
    CO_TRY(const GrantDeclaration* grant, find_grant(state.settings, name));
    CO_TRY(client, co_await authenticate_client(state, request, form));
    if (!client->grant_types.has(grant->type)) {
        co_return refuse(ErrorCode::unauthorized_client,
                         "The client is not registered for this grant type.");
    }
    CO_TRY(IssuedTokens tokens, co_await grant->serve(state, {request, form, *client}));
    // Whoever holds a grant is in use. What cannot be written now is written at the next one.
    if (client->registered) static_cast<void>(co_await keep_client(state, client));
    co_return tokens;
}

}  // namespace

io::Task<void> serve_token(ShardState& state, const http::Request& request,
                           http::Response& response) {
    http::Form form;
    std::string converted;
    ClientHandle client;  // stays null where it was not authenticated
    const TokenResult result = co_await answer(state, request, form, converted, client);
    allow_every_origin(response);

    Event event{.kind = EventKind::tokens_issued};
    if (client) event.client_id = client->client_id;
    event.address = request.peer();
    event.request_id = request.id();
    if (result) {
        event.username = result->username;
        event.scope = result->scope;
        event.resource = result->resource;
        event.detail = *parameter(form, "grant_type");
        write_tokens(state, client->client_id, response, *result);
    } else {
        event.kind = EventKind::request_refused;
        if (!client) event.client_id = claimed_client_id(state, request, form);
        event.detail = to_text(result.error().code);
        write_json_error(response, result.error());
    }
    state.observer.on_event(event);
}

}  // namespace sluice::oauth
