#include "oauth/clients/proven_caller.h"

#include "crypto/digest.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {

const Caller* find_proven_caller(ShardState& state, const http::Request& request,
                                 const http::Form& form) {
    const auto field = request.field("Authorization");
    if (!field || request.field_count("Authorization") > 1) return nullptr;
    for (const auto& [name, value] : form.parameters()) {
        if (name.starts_with("client_")) return nullptr;
    }
    return state.callers.find(crypto::sha256(*field), state.clients.revision());
}

void remember_proven_caller(ShardState& state, const http::Request& request, const Caller& caller,
                            std::uint64_t revision) {
    const auto field = request.field("Authorization");
    if (!field || revision != state.clients.revision()) return;
    state.callers.remember(crypto::sha256(*field), caller, revision);
}

PooledText secret_guess_key(std::string_view address, std::string_view client_id) {
    return PooledText(address).append(" ").append(client_id);
}

Seconds count_secret(ShardState& owner, std::string_view guess, unsigned people, bool right) {
    return right ? Seconds{0} : owner.wrong_secrets.begin(guess, owner.now(), people).retry_after;
}

}  // namespace sluice::oauth
