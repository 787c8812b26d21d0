// Remembering consent, on the shard that keeps what belongs to the person.
#include "oauth/authorization/consent.h"

#include <string>

#include "oauth/clients/redirect_uri.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

// None of the parts holds a line feed.
std::string consent_key(const AuthorizationRequest& request, std::string_view username) {
    std::string key(username);
    key.append("\n").append(request.client->client_id);
    key.append("\n").append(redirect_destination(without_loopback_port(request.redirect_uri)));
    key.append("\n").append(request.resource);
    return key;
}

// RFC 8252 §8.6: another app may answer in the place of the one that was allowed, and a client that
// registered itself proves nothing but where it is answered.
bool may_be_remembered(const ShardState& state, const AuthorizationRequest& request) {
    return state.settings.remember_consent &&
           (!request.client->registered || is_https_redirect(request.redirect_uri));
}

}  // namespace

io::Task<bool> has_consented(ShardState& state, const AuthorizationRequest& request,
                             std::string_view username) {
    if (!may_be_remembered(state, request)) co_return false;
    const std::string key = consent_key(request, username);
    co_return co_await state.peers.call(
        state.shard, state.owner_of(username), [&](ShardState& owner) {
            const auto known = owner.consents.find(key);
            return known != owner.consents.end() && known->second.includes(request.scope);
        });
}

io::Task<void> note_consent(ShardState& state, const AuthorizationRequest& request,
                            std::string_view username) {
    if (request.client->registered) {
        co_await state.peers.call(
            state.shard, state.owner_of(request.client->client_id), [&](ShardState& owner) {
                owner.registrations.keep(request.client->client_id, owner.now());
            });
    }
    if (!may_be_remembered(state, request)) co_return;
    const std::string key = consent_key(request, username);
    co_await state.peers.call(state.shard, state.owner_of(username), [&](ShardState& owner) {
        owner.consents[key].insert(request.scope);
    });
}

}  // namespace sluice::oauth
