#include "oauth/clients/prove_client.h"

#include "base/check.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

/// The log tells the reason; the assertion itself stands nowhere.
void report(ShardState& state, const http::Request& request, const Client* client,
            std::string_view reason) {
    Event event{.kind = EventKind::assertion_refused};
    if (client != nullptr) event.client_id = client->client_id;
    event.detail = reason;
    event.address = request.peer();
    event.request_id = request.id();
    state.observer.on_event(event);
}

token::NumericDate wall_now(const ShardState& state) {
    return token::to_numeric_date(state.shard.wall_now());
}

io::Task<Result<ClientHandle>> check_assertion(ShardState& state, const ClientAssertion& assertion,
                                               const ClientHandle* claimed) {
    CO_REQUIRE(assertion.check_claims(state.assertion_audiences, wall_now(state)));
    if (claimed == nullptr || (*claimed)->auth_method != ClientAuthMethod::private_key_jwt) {
        co_return refuse(ErrorCode::invalid_client,
                         "Client authentication failed: unknown client or invalid credentials.");
    }
    const ClientHandle client = *claimed;
    CO_TRY(const auto keys, co_await state.client_keys.keys_of(client, assertion.jws()));
    if (!keys->verify(assertion.jws())) {
        co_return refuse(ErrorCode::invalid_client,
                         "The client assertion is not signed by a key of the client that fits its "
                         "kid and alg.");
    }
    co_return client;
}

}  // namespace

io::Task<Result<ClientHandle>> prove_client(ShardState& state, const http::Request& request,
                                            const ClientCredentials& credentials) {
    if (!credentials.assertion) {
        co_return check_client_credentials(state.clients, credentials);
    }
    const ClientHandle* found = find_claimed_client(state.clients, credentials);
    const ClientHandle claimed = found != nullptr ? *found : nullptr;
    auto proved = co_await check_assertion(state, *credentials.assertion,
                                           claimed != nullptr ? &claimed : nullptr);
    if (!proved) report(state, request, claimed.get(), proved.error().description);
    co_return proved;
}

io::Task<Result<>> use_assertion(ShardState& state, const http::Request& request,
                                 const ClientCredentials& credentials) {
    if (!credentials.assertion) co_return Result<>();
    const ClientAssertion& assertion = *credentials.assertion;
    const std::string key = assertion.used_key();
    const Duration lifetime = assertion.usable_for(wall_now(state));
    CHECK(lifetime > Duration::zero(), "it is remembered as long as it could be used");
    CO_TRY(const storage::Outcome outcome,
           stored(co_await state.store.put({.kind = storage::DocumentKind::assertion_id,
                                            .key = key,
                                            .value = "{}",
                                            .lifetime = lifetime},
                                           storage::PutMode::only_new)));
    if (outcome == storage::Outcome::done) co_return Result<>();
    const ClientHandle* found = find_claimed_client(state.clients, credentials);
    report(state, request, found != nullptr ? found->get() : nullptr, "it was used before");
    co_return refuse(ErrorCode::invalid_client,
                     "The client assertion was used before: each needs a jti of its own.");
}

}  // namespace sluice::oauth
