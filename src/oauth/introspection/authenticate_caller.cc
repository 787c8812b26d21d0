// Authenticating callers.
#include "oauth/introspection/authenticate_caller.h"

#include <string>

#include "base/ascii.h"
#include "crypto/digest.h"
#include "oauth/clients/client_credentials.h"
#include "oauth/clients/prove_client.h"
#include "oauth/clients/proven_caller.h"
#include "oauth/clients/stored_client.h"
#include "oauth/limits/address_key.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view bearer = "Bearer ";

bool is_bearer(std::string_view field) {
    return field.size() > bearer.size() &&
           equal_ignoring_case(field.substr(0, bearer.size()), bearer);
}

// Every key is compared, so that time does not tell which one was nearly right.
const ApiKeySetting* find_api_key(const Settings& settings, std::string_view presented) {
    const crypto::Digest digest = crypto::sha256(presented);
    const ApiKeySetting* found = nullptr;
    for (const ApiKeySetting& setting : settings.api_keys) {
        const bool same = crypto::constant_time_equal(digest, crypto::sha256(setting.key.reveal()));
        found = same ? &setting : found;
    }
    return found;
}

Result<Caller> check_api_key(const ShardState& state, const http::Request& request,
                             std::string_view field) {
    if (request.field_count("Authorization") > 1) {
        return refuse(ErrorCode::invalid_request, "There is more than one Authorization header.");
    }
    const ApiKeySetting* key = find_api_key(state.settings, trim(field.substr(bearer.size())));
    if (key == nullptr) {
        return refuse(ErrorCode::invalid_token, "The API key is invalid.", Challenge::bearer);
    }
    return Caller{nullptr, key->introspect};
}

io::Task<Result<Caller>> check_client(ShardState& state, const http::Request& request,
                                      const ClientCredentials& credentials) {
    CO_TRY(ClientHandle client, co_await prove_client(state, request, credentials));
    if (!client->confidential()) {
        co_return refuse(ErrorCode::invalid_client, "Introspection requires a confidential client.",
                         credentials.challenge());
    }
    token::ResourceRights rights = client->introspect;
    co_return Caller{std::move(client), std::move(rights)};
}

io::Task<Seconds> pause_of(ShardState& state, const PeerAddress& guess, bool right) {
    co_return co_await state.peers.call(
        state.shard, state.owner_of(guess.key), [&guess, right](ShardState& owner) {
            return count_secret(owner, guess.key, guess.people, right);
        });
}

// One count for one client, however its identifier was encoded; empty where no secret was sent.
PooledText guess_of(const ShardState& state, const ClientCredentials& credentials,
                    std::string_view address) {
    if (!credentials.has_proof()) return {};
    const ClientHandle* claimed = find_claimed_client(state.clients, credentials);
    return secret_guess_key(address,
                            claimed != nullptr ? (*claimed)->client_id : credentials.client_id);
}

}  // namespace

io::Task<Result<Caller>> authenticate_caller(ShardState& state, const http::Request& request,
                                             const http::Form& form) {
    const auto field = request.field("Authorization");
    PeerAddress guess = peer_address(state.settings, request);
    Result<Caller> caller = refuse(ErrorCode::invalid_token, "The API key is invalid.");
    const std::uint64_t revision = state.clients.revision();
    Result<ClientCredentials> credentials;
    if (field && is_bearer(*field)) {
        caller = check_api_key(state, request, *field);
    } else {
        credentials = read_client_credentials(request, form);
        if (!credentials && credentials.error().code == ErrorCode::invalid_client) {
            credentials.error().challenge = Challenge::basic;  // nothing was sent: say what to send
        }
        CO_REQUIRE(credentials);
        CO_REQUIRE(co_await know_claimed_client(state, request, form));
        guess.key = guess_of(state, *credentials, guess.key);
        caller = co_await check_client(state, request, *credentials);
    }
    if (guess.key.empty()) co_return caller;
    const Seconds wait = co_await pause_of(state, guess, caller.has_value());
    if (wait > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited,
                                 "Too many failed authentications from this address.", wait);
    }
    if (!caller) co_return caller;
    CO_REQUIRE(co_await use_assertion(state, request, *credentials));
    remember_proven_caller(state, request, *caller, revision);
    co_return caller;
}

}  // namespace sluice::oauth
