// POST /device_authorization (RFC 8628 §3.1, §3.2).
#include "oauth/device/device_authorization_endpoint.h"

#include <string>

#include "oauth/clients/authenticate_client.h"
#include "oauth/cors.h"
#include "oauth/device/device_authorization.h"
#include "oauth/device/device_request.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t user_agent_size_max = 200;  // bytes that are kept of it

struct Issued {
    DeviceAuthorization authorization;
    DeviceRequest request;
};

DeviceRequest make_request(const ShardState& state, const http::Request& http) {
    const DeviceSettings& device = state.settings.device;
    const std::string_view agent = http.field("User-Agent").value_or("");
    DeviceRequest request;
    request.expires_at = state.shard.wall_now() + device.code_ttl;
    request.interval = device.interval;
    request.address = http.peer();
    request.user_agent = agent.substr(0, user_agent_size_max);
    return request;
}

io::Task<Result<Issued>> answer(ShardState& state, const http::Request& http, http::Form& form,
                                ClientHandle& client) {
    CO_REQUIRE(read_form_body(form, http));
    CO_TRY(client, co_await authenticate_client(state, http, form));
    if (!client->grant_types.has(GrantType::device_code)) {
        co_return refuse(ErrorCode::unauthorized_client,
                         "The client is not registered for the device grant.");
    }
    DeviceRequest request = make_request(state, http);
    request.client_id = client->client_id;
    CO_TRY(request.scope, scope_to_grant(parameter(form, "scope"), state.settings, *client));
    CO_TRY(const auto asked, asked_resource(form));
    CO_TRY(const PooledText resource, resource_to_grant(asked, state.settings));
    request.resource = resource;
    DeviceAuthorization authorization;
    authorization.device_code = make_device_code(state.shard.random());
    CO_TRY(authorization.user_code,
           co_await store_device_request(state, authorization.device_code, request));
    authorization.verification_uri = state.settings.issuer + "/device";
    authorization.expires_in_s =
        std::chrono::floor<Seconds>(state.settings.device.code_ttl).count();
    authorization.interval_s = std::chrono::ceil<Seconds>(request.interval).count();
    co_return Issued{std::move(authorization), std::move(request)};
}

}  // namespace

io::Task<void> serve_device_authorization(ShardState& state, const http::Request& request,
                                          http::Response& response) {
    http::Form form;
    ClientHandle client;  // stays null where it was not authenticated
    const Result<Issued> issued = co_await answer(state, request, form, client);
    allow_every_origin(response);

    Event event{.kind = EventKind::device_code_issued};
    event.address = request.peer();
    event.request_id = request.id();
    if (client) event.client_id = client->client_id;
    if (issued) {
        event.scope = issued->request.scope.text();
        event.resource = issued->request.resource;
        response.set_status(http::Status::ok);
        response.add_field("Content-Type", "application/json");
        forbid_storing(response);
        response.body() = to_json(issued->authorization);
    } else {
        event.kind = EventKind::request_refused;
        if (!client) event.client_id = claimed_client_id(state, request, form);
        event.detail = to_text(issued.error().code);
        write_json_error(response, issued.error());
    }
    state.observer.on_event(event);
}

}  // namespace sluice::oauth
