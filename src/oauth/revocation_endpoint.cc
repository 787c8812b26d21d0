// POST /revoke (RFC 7009).
#include "oauth/revocation_endpoint.h"

#include <string>

#include "base/check.h"
#include "http/form.h"
#include "oauth/clients/authenticate_client.h"
#include "oauth/cors.h"
#include "oauth/grants/replaced_token.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"
#include "oauth/token_format.h"
#include "token/token_text.h"

namespace sluice::oauth {
namespace {

// Where the grant of a living token, or of a refresh token that was replaced, is, if it belongs to
// this client.
io::Task<Result<std::optional<storage::GrantHandle>>> find_own_grant(ShardState& owner,
                                                                     token::TokenKind kind,
                                                                     const storage::TokenKey& key,
                                                                     const Client& client) {
    std::optional<storage::GrantHandle> handle;
    if (kind == token::TokenKind::access) {
        CO_TRY(const auto* record, stored(co_await owner.tokens.read_access(key)));
        if (record != nullptr) handle = record->grant;
    } else if (kind == token::TokenKind::refresh) {
        CO_TRY(const auto* record, stored(co_await owner.tokens.read_refresh(key)));
        handle = record != nullptr
                     ? std::optional(record->grant)
                     : grant_of_replaced_token(owner, key.text, key.tag, client.client_id);
    }
    if (!handle) co_return std::nullopt;
    const storage::Grant* const grant = owner.tokens.memory().find(*handle);
    CHECK(grant != nullptr, "a token that was found has a grant");
    if (grant->claims->info.client_id != client.client_id) co_return std::nullopt;
    co_return handle;
}

// On the shard of the token's tag: the grant of a living token of this client ends with all its
// tokens (§2.1), whichever of them was sent.
io::Task<Result<bool>> revoke_grant(ShardState& owner, token::TokenKind kind,
                                    const storage::TokenKey& key, const Client& client) {
    CHECK(owner.owner_of(key.tag) == owner.here(), "on the shard of the token's tag");
    CO_TRY(const auto handle, co_await find_own_grant(owner, kind, key, client));
    if (!handle) co_return false;
    CO_REQUIRE(stored(co_await owner.tokens.revoke(key.tag, handle)));
    co_return true;
}

// True where a grant ended. An unknown token and one of another client are no errors (§2.2), and
// not told apart.
io::Task<Result<bool>> revoke(ShardState& state, const http::Request& request, http::Form& form,
                              std::string& converted, ClientHandle& client) {
    CO_REQUIRE(read_form_or_json_body(form, request, converted));
    CO_TRY(client, co_await authenticate_client(state, request, form));
    CO_TRY(const std::string_view text, require_parameter(form, "token"));
    const auto presented = read_presented_token(state, text, token::TokenKind::access);
    if (!presented) co_return false;
    const storage::TokenKey& key = presented->key;
    co_return co_await state.peers.run(
        state.shard, state.owner_of(key.tag),
        [&](ShardState& owner) { return revoke_grant(owner, presented->kind, key, *client); });
}

}  // namespace

io::Task<void> serve_revoke(ShardState& state, const http::Request& request,
                            http::Response& response) {
    http::Form form;
    std::string converted;
    ClientHandle client;
    const Result<bool> revoked = co_await revoke(state, request, form, converted, client);
    allow_every_origin(response);

    Event event{.kind = EventKind::grant_revoked};
    if (client) event.client_id = client->client_id;
    event.address = request.peer();
    event.request_id = request.id();
    if (!revoked) {
        event.kind = EventKind::request_refused;
        if (!client) event.client_id = claimed_client_id(state, request, form);
        event.detail = to_text(revoked.error().code);
        write_json_error(response, revoked.error());
    } else {
        response.set_status(http::Status::ok);
        forbid_storing(response);
    }
    if (!revoked || *revoked) state.observer.on_event(event);
}

}  // namespace sluice::oauth
