// Clients as JSON, and when they are read and written.
#include "oauth/clients/stored_client.h"

#include <algorithm>
#include <span>

#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"
#include "oauth/clients/client_credentials.h"
#include "oauth/clients/client_document.h"
#include "oauth/clients/client_document_cache.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t client_id_size_max = 256;  // bytes: longer ones are none of ours
constexpr Seconds renewal_interval = std::chrono::days{1};

std::optional<crypto::Digest> read_digest(std::string_view text) {
    const auto bytes = crypto::decode_base64url(text);
    crypto::Digest digest{};
    if (!bytes || bytes->size() != digest.size()) return std::nullopt;
    std::ranges::copy(std::as_bytes(std::span(*bytes)), digest.begin());
    return digest;
}

}  // namespace

std::string to_json(const Client& client) {
    std::string text;
    JsonWriter json(text);
    json.begin_object()
        .member("client_id", std::string_view(client.client_id))
        .member("client_name", std::string_view(client.name))
        .member("token_endpoint_auth_method", to_text(client.auth_method))
        .member("renewed_at", client.renewed_at);
    if (client.has_secret()) {
        json.member("client_secret_sha256",
                    std::string_view(crypto::base64url(crypto::as_text(client.secret_digest))));
    }
    write_client_keys(json, client.keys);
    json.key("redirect_uris").begin_array();
    for (const std::string& uri : client.redirect_uris) json.value(std::string_view(uri));
    json.end_array().key("grant_types").begin_array();
    for (const auto& [name, type] : grant_type_names) {
        if (client.grant_types.has(type)) json.value(name);
    }
    json.end_array();
    if (client.scope_max) json.member("scope", client.scope_max->text());
    json.end_object();
    return text;
}

std::optional<Client> read_client(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    const JsonValue root = document->root();
    const auto method = find_by_name(token::client_auth_method_names,
                                     root.find_string("token_endpoint_auth_method").value_or(""));
    if (!method) return std::nullopt;
    Client client;
    client.client_id = root.find_string("client_id").value_or("");
    client.name = root.find_string("client_name").value_or("");
    client.auth_method = *method;
    client.registered = true;
    if (const auto renewed = root.find("renewed_at")) {
        client.renewed_at = renewed->integer().value_or(0);
    }
    client.keys = read_stored_keys(root);
    if (client.has_secret()) {
        const auto digest = read_digest(root.find_string("client_secret_sha256").value_or(""));
        if (!digest) return std::nullopt;
        client.secret_digest = *digest;
    }
    if (const auto uris = root.find("redirect_uris")) {
        for (const JsonValue& uri : uris->elements()) {
            client.redirect_uris.emplace_back(uri.string().value_or(""));
        }
    }
    if (const auto types = root.find("grant_types")) {
        for (const JsonValue& name : types->elements()) {
            const auto type = find_by_name(grant_type_names, name.string().value_or(""));
            if (type) client.grant_types.add(*type);
        }
    }
    if (const auto scope = root.find_string("scope")) {
        client.scope_max = token::ScopeSet::parse(*scope).value_or(token::ScopeSet());
    }
    if (client.client_id.empty()) return std::nullopt;
    return client;
}

io::Task<Result<>> store_client(ShardState& state, const Client& client) {
    if (state.store.keeps_nothing()) co_return Result<>();
    const std::string json = to_json(client);
    CO_REQUIRE(stored(co_await state.store.put({.kind = storage::DocumentKind::client,
                                                .key = client.client_id,
                                                .value = json,
                                                .lifetime = state.settings.registered_client_ttl},
                                               storage::PutMode::replace)));
    co_return Result<>();
}

io::Task<Result<>> erase_clients(ShardState& state, const std::vector<std::string>& client_ids) {
    if (state.store.keeps_nothing()) co_return Result<>();
    for (const std::string& client_id : client_ids) {
        CO_REQUIRE(stored(co_await state.store.erase({storage::DocumentKind::client, client_id})));
    }
    co_return Result<>();
}

io::Task<Result<>> know_client(ShardState& state, std::string_view client_id) {
    if (is_client_document_url(client_id))
        co_return co_await know_document_client(state, client_id);
    const bool is_known = state.store.keeps_nothing() || state.clients.find(client_id) != nullptr;
    if (is_known || client_id.empty() || client_id.size() > client_id_size_max) {
        co_return Result<>();
    }
    CO_TRY(const auto json,
           stored(co_await state.store.get({storage::DocumentKind::client, client_id})));
    if (!json || state.clients.find(client_id) != nullptr) co_return Result<>();
    if (auto client = read_client(*json)) state.clients.add_fetched(*std::move(client));
    co_return Result<>();
}

io::Task<Result<>> know_client_of_query(ShardState& state, std::string_view query) {
    http::Form form;
    if (!read_parameters(form, query)) co_return Result<>();  // said where it is checked
    co_return co_await know_client(state, parameter(form, "client_id").value_or(""));
}

io::Task<Result<>> know_claimed_client(ShardState& state, const http::Request& request,
                                       const http::Form& form) {
    const bool may_be_document =
        is_client_document_url(parameter(form, "client_id").value_or("")) ||
        request.field("Authorization").has_value() || parameter(form, "client_assertion");
    if (state.store.keeps_nothing() && !may_be_document) co_return Result<>();
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

bool is_renewal_due(const ShardState& state, const Client& client) {
    return client.registered && client.document_host.empty() && !state.store.keeps_nothing() &&
           numeric_date(state.shard.wall_now()) - client.renewed_at >= renewal_interval.count();
}

io::Task<void> renew_client(ShardState& state, ClientHandle client) {
    Client renewed = *client;
    renewed.renewed_at = numeric_date(state.shard.wall_now());
    if (co_await store_client(state, renewed)) state.clients.add(std::move(renewed));
}

}  // namespace sluice::oauth
