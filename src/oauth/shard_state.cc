// Building one shard's state, and sweeping it.
#include "oauth/shard_state.h"

#include <algorithm>

#include "oauth/metadata.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t codes_max = 200'000;
constexpr std::size_t redeemed_codes_max = 1'000'000;
constexpr std::size_t sessions_max = 500'000;
constexpr std::size_t steps = 256;  // of each kind in one sweep

// How long a redeemed code is known, so that a replay ends the grant: RFC 6749 §4.1.2 gives a code
// ten minutes at most.
constexpr Duration replay_memory = std::chrono::minutes{10};

constexpr ThrottleRule guesser_rule{};
constexpr ThrottleRule account_rule{.slowed = 1'000'000'000};   // held, but never refused
constexpr ThrottleRule address_rule{.free = 10, .slowed = 20};  // one address may be many people

ThrottleRule wrong_secret_rule(const Settings& settings) {
    return {.free = settings.wrong_secrets_max,
            .slowed = 0,
            .longest_hold = {},
            .pause = std::chrono::minutes{1},
            .memory = std::chrono::minutes{5}};
}

}  // namespace

ShardState::ShardState(const AuthorizationServer::Parts& parts, Peers& every_shard)
    : shard(parts.shard),
      settings(parts.settings),
      keys(parts.keys),
      workers(parts.workers),
      observer(parts.observer),
      peers(every_shard),
      hash_seed(shard.random().next_u64()),
      secure(settings.issuer.starts_with("https://")),
      clients(settings, hash_seed),
      users(storage::make_text_map<const UserSetting*>(hash_seed)),
      metadata_json(make_metadata(settings)),
      page_style(make_page_style()),
      grants(hash_seed),
      codes(settings.code_ttl, codes_max),
      redeemed_codes(replay_memory, redeemed_codes_max),
      sessions(settings.session_ttl, sessions_max),
      registrations({settings.unused_clients_max, settings.registered_client_ttl}, hash_seed),
      token_limits(settings.rate_limit, hash_seed),
      registration_limits(settings.rate_limit, hash_seed),
      wrong_secrets(wrong_secret_rule(settings), hash_seed),
      guesser_logins(guesser_rule, hash_seed),
      account_logins(account_rule, hash_seed),
      address_logins(address_rule, hash_seed),
      consents(storage::make_text_map<token::ScopeSet>(hash_seed)) {
    for (const UserSetting& user : settings.users) users.emplace(user.username, &user);
}

unsigned ShardState::owner_of(std::string_view name) const {
    const std::uint64_t hash = storage::TextHash{keys.owner_seed}(name);
    return static_cast<unsigned>(hash % peers.count());
}

void ShardState::sweep() {
    grants.sweep(now());
    codes.expire(now(), steps);
    redeemed_codes.expire(now(), steps);
    sessions.expire(now(), steps);
    token_limits.expire(now());
    registration_limits.expire(now());
    wrong_secrets.expire(now());
    guesser_logins.expire(now());
    account_logins.expire(now());
    address_logins.expire(now());
}

}  // namespace sluice::oauth
