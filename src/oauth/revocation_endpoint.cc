// POST /revoke (RFC 7009).
#include "crypto/digest.h"
#include "http/form.h"
#include "oauth/clients/authenticate_client.h"
#include "oauth/cors.h"
#include "oauth/endpoints.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "token/token_text.h"

namespace sluice::oauth {
namespace {

// On the shard of the token's tag: the grant of a living token of this client ends with all its
// tokens (§2.1), whichever of them was sent.
bool revoke_grant(ShardState& owner, token::TokenKind kind, const crypto::Digest& digest,
                  const Client& client) {
    std::optional<storage::GrantHandle> handle;
    if (kind == token::TokenKind::access) {
        if (const auto* record = owner.grants.find_access(digest, owner.now())) {
            handle = record->grant;
        }
    } else if (kind == token::TokenKind::refresh) {
        if (const auto* record = owner.grants.find_refresh(digest, owner.now())) {
            handle = record->grant;
        }
    }
    if (!handle) return false;
    if (owner.grants.find(*handle)->claims->info.client_id != client.client_id) return false;
    owner.grants.revoke(*handle);
    return true;
}

// True where a grant ended. An unknown token and one of another client are no errors (§2.2), and
// not told apart.
io::Task<Result<bool>> revoke(ShardState& state, const http::Request& request, http::Form& form,
                              ClientHandle& client) {
    CO_REQUIRE(read_form_body(form, request));
    CO_TRY(client, co_await authenticate_client(state, request, form));
    CO_TRY(const std::string_view text, require_parameter(form, "token"));
    const auto head = token::parse_token(text);
    if (!head) co_return false;
    co_return co_await state.peers.call(
        state.shard, state.owner_of(head->tag),
        [kind = head->kind, digest = crypto::sha256(text), &client](ShardState& owner) {
            return revoke_grant(owner, kind, digest, *client);
        });
}

}  // namespace

io::Task<void> serve_revoke(ShardState& state, const http::Request& request,
                            http::Response& response) {
    http::Form form;
    ClientHandle client;
    const Result<bool> revoked = co_await revoke(state, request, form, client);
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
