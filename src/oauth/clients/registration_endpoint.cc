// POST /register (RFC 7591 §3).
#include "oauth/clients/registration_endpoint.h"

#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "base/json_writer.h"
#include "crypto/digest.h"
#include "http/media_type.h"
#include "oauth/clients/client_metadata.h"
#include "oauth/clients/registered_client_id.h"
#include "oauth/cors.h"
#include "oauth/limits/address_key.h"
#include "oauth/limits/shared_limit.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t body_size_max = 64 * 1024;  // bytes

struct Registered {
    Client client;
    ClientMetadata metadata;
    Secret secret;  // empty where there is none
};

// RFC 7591 §3: open to everybody, to who has the initial access token, or to nobody.
Result<> check_registration_allowed(const Settings& settings, const http::Request& request) {
    if (settings.registration == Registration::open) return {};
    if (settings.registration == Registration::closed) {
        return refuse(ErrorCode::access_denied, "Dynamic client registration is disabled.");
    }
    const auto field = request.field("Authorization");
    if (!field) {
        return refuse(ErrorCode::registration_not_authorized,
                      "Registration requires an initial access token.", Challenge::bearer);
    }
    constexpr std::string_view bearer = "Bearer ";
    const bool right =
        field->size() > bearer.size() &&
        equal_ignoring_case(field->substr(0, bearer.size()), bearer) &&
        crypto::constant_time_equal(crypto::sha256(trim(field->substr(bearer.size()))),
                                    crypto::sha256(settings.registration_token.reveal()));
    if (right && request.field_count("Authorization") == 1) return {};
    return refuse(ErrorCode::invalid_token, "The initial access token is invalid.",
                  Challenge::bearer);
}

Registered make_client(ClientMetadata metadata, const Keys& keys, Random& random) {
    Registered registered{.client = registered_client(metadata), .metadata = {}, .secret = {}};
    Client& client = registered.client;
    client.client_id = seal_client_id(client, keys, random);
    if (client.has_secret()) registered.secret = secret_of_client(client.client_id, keys);
    registered.metadata = std::move(metadata);
    return registered;
}

io::Task<Result<Registered>> register_client(ShardState& state, const http::Request& request) {
    const PeerAddress peer = peer_address(state.settings, request);
    Seconds wait = co_await state.peers.call(
        state.shard, state.owner_of(peer.key), [&peer](ShardState& owner) {
            return owner.registration_limits.admit(peer.key, owner.now(), peer.people);
        });
    if (state.shared_windows != nullptr) {
        wait = co_await admit_among_boxes(*state.shared_windows, state.settings, "register",
                                          peer.key, peer.people, wait);
    }
    if (wait > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited,
                                 "Too many registrations from this address.", wait);
    }
    CO_REQUIRE(check_registration_allowed(state.settings, request));
    const auto type = request.field("Content-Type");
    if (!type || !http::is_media_type(*type, "application/json")) {
        co_return refuse(ErrorCode::invalid_client_metadata, "The body must be application/json.");
    }
    if (request.body().size() > body_size_max) {
        co_return refuse(ErrorCode::invalid_client_metadata, "The client metadata is too large.");
    }
    const bool trusted = state.settings.registration == Registration::token;
    CO_TRY(ClientMetadata metadata, parse_client_metadata(request.body(), state.settings, trusted));
    Registered registered = make_client(std::move(metadata), state.keys, state.shard.random());
    if (registered.client.client_id.size() > registered_client_id_size_max) {
        co_return refuse(ErrorCode::invalid_client_metadata, "The client metadata is too large.");
    }
    co_return registered;
}

// RFC 7591 §3.2.1.
void write_registration(const ShardState& state, const Registered& registered,
                        http::Response& response) {
    CHECK(registered.client.has_secret() == !registered.secret.empty());
    response.set_status(http::Status::created);
    response.add_field("Content-Type", "application/json");
    forbid_storing(response);
    std::string& body = response.body();
    body.clear();
    JsonWriter json(body);
    json.begin_object()
        .member("client_id", std::string_view(registered.client.client_id))
        .member("client_id_issued_at", numeric_date(state.shard.wall_now()));
    if (!registered.secret.empty()) {
        json.member("client_secret", registered.secret.reveal())
            .member("client_secret_expires_at", 0);  // never
    }
    body += ',';
    append_metadata_members(body, registered.metadata);
    json.end_object();
}

}  // namespace

io::Task<void> serve_register(ShardState& state, const http::Request& request,
                              http::Response& response) {
    const Result<Registered> registered = co_await register_client(state, request);
    allow_every_origin(response);
    Event event{.kind = EventKind::client_registered};
    event.address = request.peer();
    event.request_id = request.id();
    if (registered) {
        event.client_id = registered->client.client_id;
        write_registration(state, *registered, response);
    } else {
        event.kind = EventKind::request_refused;
        event.detail = to_text(registered.error().code);
        write_json_error(response, registered.error());
    }
    state.observer.on_event(event);
}

}  // namespace sluice::oauth
