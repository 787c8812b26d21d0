// Authenticating at the token and revocation endpoints.
#include "oauth/clients/authenticate_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/pooled_text.h"
#include "oauth/clients/client_credentials.h"
#include "oauth/clients/prove_client.h"
#include "oauth/clients/proven_caller.h"
#include "oauth/clients/stored_client.h"
#include "oauth/limits/address_key.h"
#include "oauth/limits/shared_limit.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "token/token_text.h"

namespace sluice::oauth {
namespace {

struct Admission {
    Seconds wait_for_limit{0};
    Seconds wait_for_secrets{0};
};

struct Presented {
    std::string_view client_id;
    const PeerAddress& peer;
    PooledText grant;      // of the refresh token that is shown from a shared address
    bool has_secret;       // something was sent that could be wrong
    const Client* client;  // proved; null: not
};

// A window, and how many people share it.
struct Window {
    PooledText key;
    unsigned people;
};

// Anybody may send a public client's identifier, and one that registered itself is shared by all
// who use the app: each address has a window of its own.
Window window_of(const Client& client, const PeerAddress& peer) {
    Window window{PooledText(client.client_id), 1};
    if (client.confidential()) return window;
    window.key.append(" ").append(peer.key);
    window.people = peer.people;
    return window;
}

// Behind a shared address each grant has a window beside the wide one of all.
PooledText grant_of(const PeerAddress& peer, const http::Form& form) {
    if (peer.people == 1) return {};
    const auto refresh = parameter(form, "refresh_token");
    const auto tag =
        refresh ? token::parse_token(*refresh, token::TokenKind::refresh) : std::nullopt;
    return tag ? PooledText("grant ").append(fmt::format_int(tag->value()).str()) : PooledText();
}

// On the shard that counts for the client: one step there for all that is counted.
Admission admit(ShardState& owner, const Presented& presented) {
    Admission admission;
    // Whoever sends no secret guesses nothing, and does not use up the patience for the others
    // behind the same address.
    if (presented.has_secret) {
        admission.wait_for_secrets =
            count_secret(owner, secret_guess_key(presented.peer.key, presented.client_id),
                         presented.peer.people, presented.client != nullptr);
    }
    // What others send in a client's name does not use up what the client may send.
    if (presented.client != nullptr && admission.wait_for_secrets == Seconds{0}) {
        const Window window = window_of(*presented.client, presented.peer);
        admission.wait_for_limit = owner.token_limits.admit(window.key, owner.now(), window.people);
        if (!presented.grant.empty()) {
            admission.wait_for_limit = std::max(
                admission.wait_for_limit, owner.token_limits.admit(presented.grant, owner.now()));
        }
    }
    return admission;
}

// What a request shows of its client, read and compared.
struct Proof {
    Result<ClientHandle> client;
    PooledText client_id;  // one for one client, however it was encoded
    bool has_secret;
    bool is_memorable;  // by its Authorization field, and not remembered yet
    std::optional<ClientCredentials> assertion;  // to be used up in the end
};

io::Task<Result<Proof>> read_proof(ShardState& state, const http::Request& request,
                                   const http::Form& form) {
    const Caller* remembered = find_proven_caller(state, request, form);
    if (remembered != nullptr && remembered->client) {
        co_return Proof{remembered->client, PooledText(remembered->client->client_id), true, false,
                        std::nullopt};
    }
    CO_TRY(ClientCredentials credentials, read_client_credentials(request, form));
    const ClientHandle* claimed = find_claimed_client(state.clients, credentials);
    Proof proof{
        .client = refuse(ErrorCode::invalid_client, ""),
        .client_id = PooledText(claimed != nullptr ? (*claimed)->client_id : credentials.client_id),
        .has_secret = credentials.has_proof(),
        .is_memorable = credentials.in_header,
        .assertion = std::nullopt};
    proof.client = co_await prove_client(state, request, credentials);
    if (credentials.assertion) proof.assertion = std::move(credentials);
    co_return proof;
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
    if (find_proven_caller(state, request, form) == nullptr) {
        CO_REQUIRE(co_await know_claimed_client(state, request, form));
    }
    const std::uint64_t revision = state.clients.revision();
    CO_TRY(const Proof proof, co_await read_proof(state, request, form));
    const PeerAddress peer = peer_address(state.settings, request);
    const Presented presented{proof.client_id, peer, grant_of(peer, form), proof.has_secret,
                              proof.client ? proof.client->get() : nullptr};
    Admission admission = co_await state.peers.call(
        state.shard, state.owner_of(proof.client_id),
        [&presented](ShardState& there) { return admit(there, presented); });
    if (admission.wait_for_secrets > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited,
                                 "Too many failed client authentications from this address.",
                                 admission.wait_for_secrets);
    }
    if (state.shared_windows != nullptr && presented.client != nullptr) {
        const Window window = window_of(*presented.client, peer);
        admission.wait_for_limit =
            co_await admit_among_boxes(*state.shared_windows, state.settings, "token", window.key,
                                       window.people, admission.wait_for_limit);
    }
    if (admission.wait_for_limit > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited, "Too many requests from this client.",
                                 admission.wait_for_limit);
    }
    if (proof.client && proof.is_memorable) {
        const ClientHandle& client = *proof.client;
        remember_proven_caller(state, request, {client, client->introspect}, revision);
    }
    if (proof.client && proof.assertion) {
        CO_REQUIRE(co_await use_assertion(state, request, *proof.assertion));
    }
    co_return proof.client;
}

}  // namespace sluice::oauth
