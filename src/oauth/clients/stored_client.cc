// Clients as JSON, and when they are read and written.
#include "oauth/clients/stored_client.h"

#include <algorithm>
#include <span>

#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "oauth/client_id.h"
#include "oauth/clients/client_credentials.h"
#include "oauth/clients/client_document.h"
#include "oauth/clients/client_document_cache.h"
#include "oauth/clients/registered_client_id.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr GrantTypes usual_grant_types{GrantType::authorization_code, GrantType::refresh_token};
constexpr Seconds renewal_interval = std::chrono::days{1};

std::optional<crypto::Digest> read_digest(std::string_view text) {
    const auto bytes = crypto::decode_base64url(text);
    crypto::Digest digest{};
    if (!bytes || bytes->size() != digest.size()) return std::nullopt;
    std::ranges::copy(std::as_bytes(std::span(*bytes)), digest.begin());
    return digest;
}

// Sealed identifiers may be longer than a key of a store should be.
std::string client_key(std::string_view client_id) {
    if (client_id.size() <= client_id_size_max) return std::string(client_id);
    return "sealed:" + crypto::base64url(crypto::as_text(crypto::sha256(client_id)));
}

}  // namespace

void write_registered(JsonWriter& json, const Client& client) {
    if (!client.name.empty()) json.member("client_name", std::string_view(client.name));
    json.key("redirect_uris").begin_array();
    for (const std::string& uri : client.redirect_uris) json.value(std::string_view(uri));
    json.end_array();
    if (client.auth_method != ClientAuthMethod::none) {
        json.member("token_endpoint_auth_method", to_text(client.auth_method));
    }
    if (client.grant_types != usual_grant_types) {
        json.key("grant_types").begin_array();
        for (const auto& [name, type] : grant_type_names) {
            if (client.grant_types.has(type)) json.value(name);
        }
        json.end_array();
    }
    if (client.scope_max) json.member("scope", client.scope_max->text());
    write_client_keys(json, client.keys);
}

std::optional<Client> read_registered(const JsonValue& object) {
    const auto method =
        find_by_name(token::client_auth_method_names,
                     object.find_string("token_endpoint_auth_method").value_or("none"));
    if (!method) return std::nullopt;
    Client client;
    client.name = object.find_string("client_name").value_or("");
    client.auth_method = *method;
    client.keys = read_stored_keys(object);
    client.registered = true;
    if (const auto uris = object.find("redirect_uris")) {
        for (const JsonValue& uri : uris->elements()) {
            client.redirect_uris.emplace_back(uri.string().value_or(""));
        }
    }
    client.grant_types = usual_grant_types;
    if (const auto types = object.find("grant_types")) {
        client.grant_types = {};
        for (const JsonValue& name : types->elements()) {
            const auto type = find_by_name(grant_type_names, name.string().value_or(""));
            if (type) client.grant_types.add(*type);
        }
    }
    if (const auto scope = object.find_string("scope")) {
        client.scope_max = token::ScopeSet::parse(*scope).value_or(token::ScopeSet());
    }
    return client;
}

std::string to_json(const Client& client) {
    std::string text;
    JsonWriter json(text);
    json.begin_object()
        .member("client_id", std::string_view(client.client_id))
        .member("renewed_at", client.renewed_at);
    if (client.has_secret()) {
        json.member("client_secret_sha256",
                    std::string_view(crypto::base64url(crypto::as_text(client.secret_digest))));
    }
    write_registered(json, client);
    json.end_object();
    return text;
}

std::optional<Client> read_client(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    const JsonValue root = document->root();
    auto client = read_registered(root);
    if (!client) return std::nullopt;
    client->client_id = root.find_string("client_id").value_or("");
    if (const auto renewed = root.find("renewed_at")) {
        client->renewed_at = renewed->integer().value_or(0);
    }
    if (client->has_secret()) {
        const auto digest = read_digest(root.find_string("client_secret_sha256").value_or(""));
        if (!digest) return std::nullopt;
        client->secret_digest = *digest;
    }
    if (client->client_id.empty()) return std::nullopt;
    return client;
}

io::Task<Result<>> know_client(ShardState& state, std::string_view client_id) {
    if (is_client_document_url(client_id))
        co_return co_await know_document_client(state, client_id);
    if (state.clients.find(client_id) != nullptr ||
        !client_id.starts_with(registered_client_prefix) ||
        client_id.size() > registered_client_id_size_max) {
        co_return Result<>();
    }
    std::optional<Client> client;
    if (!state.store.keeps_nothing()) {
        const std::string key = client_key(client_id);
        CO_TRY(const auto json,
               stored(co_await state.store.get({storage::DocumentKind::client, key})));
        if (json) client = read_client(*json);
        if (client && client->client_id != client_id) client.reset();
    }
    // Who has closed registration wants no more of them than those that are in use.
    if (!client && state.settings.registration != Registration::closed) {
        if (!state.has_keys) {
            co_return failure(storage_error(storage::StoreError::unavailable));
        }
        client = open_client_id(client_id, state.keys);
    }
    if (client && state.clients.find(client_id) == nullptr) {
        state.clients.add_met(*std::move(client));
    }
    co_return Result<>();
}

io::Task<Result<>> know_client_of_query(ShardState& state, std::string_view query) {
    http::Form form;
    if (!read_parameters(form, query)) co_return Result<>();  // said where it is checked
    co_return co_await know_client(state, parameter(form, "client_id").value_or(""));
}

io::Task<Result<>> know_claimed_client(ShardState& state, const http::Request& request,
                                       const http::Form& form) {
    const auto named = parameter(form, "client_id");
    const bool is_met = named && state.clients.find(*named) != nullptr;
    if (is_met && !is_client_document_url(*named)) co_return Result<>();
    const auto credentials = read_client_credentials(request, form);
    if (credentials) {
        for (const std::string_view client_id :
             {std::string_view(credentials->client_id),
              std::string_view(credentials->client_id_decoded)}) {
            if (!is_client_document_url(client_id)) continue;
            co_return co_await know_document_client(state, client_id);
        }
    }
    if (!credentials || find_claimed_client(state.clients, *credentials) != nullptr) {
        co_return Result<>();  // what is wrong with them is said where they are checked
    }
    CO_REQUIRE(co_await know_client(state, credentials->client_id));
    co_return co_await know_client(state, credentials->client_id_decoded);
}

io::Task<Result<>> keep_client(ShardState& state, ClientHandle handle) {
    const bool describes_itself = !handle->document_host.empty();
    if (!handle->registered || describes_itself || state.store.keeps_nothing()) {
        co_return Result<>();
    }
    // Who has proved itself before may be remembered from before it was kept.
    const ClientHandle* const latest = state.clients.find(handle->client_id);
    if (latest != nullptr) handle = *latest;
    const std::int64_t now = numeric_date(state.shard.wall_now());
    if (now - handle->renewed_at < renewal_interval.count()) co_return Result<>();
    Client client = *handle;
    client.renewed_at = now;
    const std::string json = to_json(client);
    const std::string key = client_key(client.client_id);
    CO_REQUIRE(stored(co_await state.store.put({.kind = storage::DocumentKind::client,
                                                .key = key,
                                                .value = json,
                                                .lifetime = state.settings.registered_client_ttl},
                                               storage::PutMode::replace)));
    state.clients.add_met(std::move(client));
    co_return Result<>();
}

}  // namespace sluice::oauth
