// Building one shard's state, and sweeping it.
#include "oauth/shard_state.h"

#include "oauth/metadata.h"

namespace sluice::oauth {
namespace {

ThrottleRule wrong_secret_rule(const Settings& settings) {
    return {.free = settings.wrong_secrets_max,
            .slowed = 0,
            .longest_hold = {},
            .pause = std::chrono::minutes{1},
            .memory = std::chrono::minutes{5}};
}

// A code has 34.6 random bits and lives for minutes (RFC 8628 §5.1).
constexpr ThrottleRule user_code_guess_rule{.free = 5, .slowed = 5};

storage::WorkingSet::Settings working_set_settings(const Settings& settings) {
    return {.issuer = settings.issuer,
            .refresh_replay_window = settings.refresh_replay_window,
            .tokens_max = settings.tokens_in_memory_max};
}

// The token endpoint (RFC 7523 §3) and the issuer (draft-ietf-oauth-rfc7523bis), which some clients
// write with a slash behind it.
std::vector<std::string> audiences_of(const Settings& settings) {
    return {settings.issuer + "/token", settings.issuer, settings.issuer + "/"};
}

}  // namespace

ShardState::ShardState(const AuthorizationServer::Parts& parts, Peers& every_shard)
    : shard(parts.shard),
      settings(parts.settings),
      keys(parts.keys),
      has_keys(parts.store.keeps_nothing()),
      store(parts.store),
      workers(parts.workers),
      observer(parts.observer),
      peers(every_shard),
      shared_windows(parts.shared_windows),
      http_client(parts.http_client),
      hash_seed(shard.random().next_u64()),
      secure(settings.issuer.starts_with("https://")),
      clients(settings, hash_seed),
      users(storage::make_text_map<const UserSetting*>(hash_seed)),
      metadata_json(make_metadata(settings)),
      page_style(make_page_style()),
      assertion_audiences(audiences_of(settings)),
      client_keys(shard, parts.http_client, settings),
      tokens(shard, store, working_set_settings(settings), hash_seed),
      token_limits(settings.rate_limit, hash_seed),
      registration_limits(settings.rate_limit, hash_seed),
      wrong_secrets(wrong_secret_rule(settings), hash_seed),
      logins(hash_seed),
      device_pace(settings.device.code_ttl, hash_seed),
      user_code_guesses(user_code_guess_rule, hash_seed),
      documents(hash_seed) {
    for (const UserSetting& user : settings.users) {
        users.emplace(user.username, &user);
        password_cost.note(user.password_hash);
    }
}

unsigned ShardState::owner_of(std::string_view name) const {
    const std::uint64_t hash = storage::TextHash{keys.owner_seed}(name);
    return static_cast<unsigned>(hash % peers.count());
}

void ShardState::sweep() {
    tokens.memory().sweep(now());
    token_limits.expire(now());
    registration_limits.expire(now());
    wrong_secrets.expire(now());
    logins.expire(now());
    device_pace.expire(now());
    user_code_guesses.expire(now());
}

}  // namespace sluice::oauth
