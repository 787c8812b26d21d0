// Authenticating at the token and revocation endpoints.
#include "oauth/clients/authenticate_client.h"

#include <string>

#include "oauth/clients/client_credentials.h"
#include "oauth/limits/address_key.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

struct Admission {
    Seconds wait_for_limit{0};
    Seconds wait_for_secrets{0};
};

struct Presented {
    const std::string& client_id;
    const std::string& guess;      // empty: nothing that could be wrong was sent
    const std::string& limit_key;  // what its requests are counted under
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
        admission.wait_for_limit = owner.token_limits.admit(presented.limit_key, owner.now());
        owner.registrations.touch(presented.client_id, owner.now());
    }
    return admission;
}

// Anybody may send a public client's identifier, and one that registered itself is shared by all
// who use the app: each address has a window of its own.
std::string limit_key_of(const Client& client, std::string_view address) {
    return client.confidential() ? client.client_id : client.client_id + " " + std::string(address);
}

}  // namespace

std::string_view claimed_client_id(const ShardState& state, const http::Request& request,
                                   const http::Form& form) {
    const auto credentials = read_client_credentials(request, form);
    if (!credentials) return {};
    const ClientHandle* claimed = find_claimed_client(state.clients, *credentials);
    return claimed != nullptr ? std::string_view((*claimed)->client_id) : std::string_view{};
}

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
    const std::string address = address_key(request.peer());
    std::string guess;
    if (!credentials.secret.empty()) guess.append(address).append(" ").append(client_id);
    const std::string limit_key = client ? limit_key_of(**client, address) : std::string();
    const Presented presented{client_id, guess, limit_key, client.has_value()};
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
