// Authenticating at the token and revocation endpoints.
#include "oauth/clients/authenticate_client.h"

#include <string>

#include "oauth/clients/client_credentials.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

struct Admission {
    Seconds wait_for_limit{0};
    Seconds wait_for_secrets{0};
};

struct Presented {
    const std::string& client_id;
    const std::string& guess;  // empty: nothing that could be wrong was sent
    bool proved;
};

// On the shard that counts for the client: one step there for all that is counted.
Admission admit(ShardState& owner, const Presented& presented) {
    Admission admission;
    if (!presented.guess.empty()) {
        admission.wait_for_secrets =
            presented.proved ? owner.wrong_secrets.pause_left(presented.guess, owner.now())
                             : owner.wrong_secrets.begin(presented.guess, owner.now()).retry_after;
    }
    // What others send in a client's name does not use up what the client may send.
    if (presented.proved && admission.wait_for_secrets == Seconds{0}) {
        admission.wait_for_limit = owner.token_limits.admit(presented.client_id, owner.now());
        owner.registrations.touch(presented.client_id, owner.now());
    }
    return admission;
}

}  // namespace

io::Task<Result<ClientHandle>> authenticate_client(ShardState& state, const http::Request& request,
                                                   const http::Form& form) {
    CO_TRY(const ClientCredentials credentials, read_client_credentials(request, form));

    auto client = check_client_credentials(state.clients, credentials);
    // One count for one client, however its identifier was encoded.
    const ClientHandle* claimed = find_claimed_client(state.clients, credentials);
    const std::string client_id =
        claimed != nullptr ? (*claimed)->client_id : credentials.client_id;

    // Whoever sends no secret guesses nothing, and does not use up the patience for the others
    // behind the same address.
    std::string guess;
    if (!credentials.secret.empty()) guess.append(request.peer()).append(" ").append(client_id);
    const Presented presented{client_id, guess, client.has_value()};
    const Admission admission = co_await state.peers.call(
        state.shard, state.owner_of(client_id),
        [&presented](ShardState& there) { return admit(there, presented); });
    // Also where the secret is right: otherwise the one guess that passes would still be told.
    if (admission.wait_for_secrets > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited,
                                 "Too many wrong client secrets came from this address.",
                                 admission.wait_for_secrets);
    }
    if (admission.wait_for_limit > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited, "This client sends too many requests.",
                                 admission.wait_for_limit);
    }
    co_return client;
}

}  // namespace sluice::oauth
