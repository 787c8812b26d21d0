// Remembering consent.
#include "oauth/authorization/consent.h"

#include <string>

#include "base/check.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/clients/stored_client.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

// None of the parts holds a line feed. A digest, since redirect URIs may be long.
std::string consent_key(const AuthorizationRequest& request, std::string_view username) {
    std::string key(username);
    key.append("\n").append(request.client->client_id);
    key.append("\n").append(redirect_destination(without_loopback_port(request.redirect_uri)));
    key.append("\n").append(request.resource);
    return crypto::base64url(crypto::as_text(crypto::sha256(key)));
}

// RFC 8252 §8.6: on the person's own machine another app may answer in the place of the one that
// was allowed, unless the client proves itself by a secret; and a client that registered itself
// proves nothing but where it is answered.
bool may_be_remembered(const ShardState& state, const AuthorizationRequest& request) {
    if (!state.settings.remember_consent) return false;
    if (is_https_redirect(request.redirect_uri)) return true;
    return !request.client->registered && request.client->confidential();
}

// The scopes that were allowed before.
io::Task<Result<token::ScopeSet>> read_consent(ShardState& state, std::string_view key) {
    CO_TRY(const auto json,
           stored(co_await state.store.get({storage::DocumentKind::consent, key})));
    const auto document = json ? JsonDocument::parse(*json) : failure(JsonError{});
    if (!document) co_return token::ScopeSet();
    const std::string_view text = document->root().find_string("scope").value_or("");
    co_return token::ScopeSet::parse(text).value_or(token::ScopeSet());
}

}  // namespace

io::Task<Result<bool>> has_consented(ShardState& state, const AuthorizationRequest& request,
                                     std::string_view username) {
    if (!may_be_remembered(state, request)) co_return false;
    const std::string key = consent_key(request, username);
    CO_TRY(const token::ScopeSet allowed, co_await read_consent(state, key));
    co_return !allowed.empty() && allowed.includes(request.scope);
}

io::Task<Result<>> note_consent(ShardState& state, const AuthorizationRequest& request,
                                std::string_view username) {
    CO_REQUIRE(co_await keep_client(state, request.client));
    if (!may_be_remembered(state, request)) co_return Result<>();
    const std::string key = consent_key(request, username);
    CO_TRY(const token::ScopeSet before, co_await read_consent(state, key));
    const token::ScopeSet allowed = before.union_with(request.scope);
    CHECK(allowed.includes(request.scope) && allowed.includes(before), "consent only grows");
    std::string json;
    JsonWriter(json)
        .begin_object()
        .member("username", username)
        .member("client_id", std::string_view(request.client->client_id))
        .member("resource", std::string_view(request.resource))
        .member("scope", allowed.text())
        .end_object();
    CO_REQUIRE(stored(co_await state.store.put(
        {.kind = storage::DocumentKind::consent, .key = key, .value = json, .lifetime = {}},
        storage::PutMode::replace)));
    co_return Result<>();
}

}  // namespace sluice::oauth
