// POST /par (RFC 9126 §2): the client is authenticated as at the token endpoint, and the request
// checked as at the authorization endpoint.
#include "oauth/authorization/pushed_request_endpoint.h"

#include <string>

#include "base/json_writer.h"
#include "http/form.h"
#include "oauth/authorization/authorization_request.h"
#include "oauth/authorization/pushed_request.h"
#include "oauth/clients/authenticate_client.h"
#include "oauth/cors.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

// What is of the client's authentication alone, and no part of the request (§2.1).
bool is_credential(std::string_view name) {
    return name == "client_secret" || name == "client_assertion" ||
           name == "client_assertion_type" || name == "client_id";
}

// The parameters as /authorize would have them; of the client that was authenticated.
std::string make_query(const http::Form& form, std::string_view client_id) {
    std::string query;
    http::append_form_parameter(query, "client_id", client_id);
    for (const auto& [name, value] : form.parameters()) {
        if (!is_credential(name)) http::append_form_parameter(query, name, value);
    }
    return query;
}

io::Task<Result<std::string>> answer(ShardState& state, const http::Request& request,
                                     http::Form& form, ClientHandle& client) {
    CO_REQUIRE(read_form_body(form, request));
    CO_TRY(client, co_await authenticate_client(state, request, form));
    if (form.get("request_uri")) {
        co_return refuse(ErrorCode::invalid_request, "A request_uri cannot be pushed.");
    }
    const std::string query = make_query(form, client->client_id);
    const auto parsed = parse_authorization_request(query, state.settings, state.clients);
    if (!parsed) co_return failure(parsed.error().error);
    co_return co_await push_request(state, query);
}

// §2.2
void write_answer(http::Response& response, std::string_view request_uri) {
    response.set_status(http::Status::created);
    response.add_field("Content-Type", "application/json");
    forbid_storing(response);
    response.body().clear();
    JsonWriter(response.body())
        .begin_object()
        .member("request_uri", request_uri)
        .member("expires_in", pushed_request_ttl.count())
        .end_object();
}

}  // namespace

io::Task<void> serve_pushed_request(ShardState& state, const http::Request& request,
                                    http::Response& response) {
    http::Form form;
    ClientHandle client;  // stays null where it was not authenticated
    const Result<std::string> pushed = co_await answer(state, request, form, client);
    allow_every_origin(response);
    if (pushed) co_return write_answer(response, *pushed);
    state.observer.on_event(
        {.kind = EventKind::request_refused,
         .client_id = client ? client->client_id : claimed_client_id(state, request, form),
         .detail = to_text(pushed.error().code),
         .address = request.peer(),
         .request_id = request.id()});
    write_json_error(response, pushed.error());
}

}  // namespace sluice::oauth
