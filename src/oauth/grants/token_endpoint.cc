// POST /token (RFC 6749 §3.2).
#include <string_view>

#include "http/form.h"
#include "oauth/clients/authenticate_client.h"
#include "oauth/cors.h"
#include "oauth/endpoints.h"
#include "oauth/grants/token_request.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

struct GrantType {
    std::string_view name;
    bool Client::* allowed;
    io::Task<TokenResult> (*serve)(ShardState&, const TokenRequest&);
};

constexpr GrantType grant_types[] = {
    {"authorization_code", &Client::authorization_code, redeem_authorization_code},
    {"refresh_token", &Client::refresh_token, rotate_refresh_token},
    {"client_credentials", &Client::client_credentials, grant_client_credentials},
};

Result<const GrantType*> find_grant_type(std::string_view name) {
    for (const GrantType& type : grant_types) {
        if (type.name == name) return &type;
    }
    return refuse(ErrorCode::unsupported_grant_type,
                  "The grant type " + describable(name) + " is not supported.");
}

io::Task<TokenResult> answer(ShardState& state, const http::Request& request, http::Form& form,
                             ClientHandle& client) {
    CO_REQUIRE(read_form_body(form, request));
    CO_TRY(const std::string_view name, require_parameter(form, "grant_type"));
    CO_TRY(const GrantType* type, find_grant_type(name));
    CO_TRY(client, co_await authenticate_client(state, request, form));
    if (!((*client).*type->allowed)) {
        co_return refuse(ErrorCode::unauthorized_client,
                         "This client is not registered for this grant type.");
    }
    co_return co_await type->serve(state, {request, form, *client});
}

}  // namespace

io::Task<void> serve_token(ShardState& state, const http::Request& request,
                           http::Response& response) {
    http::Form form;
    ClientHandle client;  // stays null where it was not authenticated
    const TokenResult result = co_await answer(state, request, form, client);
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
        write_tokens(response, *result);
    } else {
        event.kind = EventKind::request_refused;
        if (!client) event.client_id = claimed_client_id(state, request, form);
        event.detail = to_text(result.error().code);
        write_json_error(response, result.error());
    }
    state.observer.on_event(event);
}

}  // namespace sluice::oauth
