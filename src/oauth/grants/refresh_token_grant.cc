// grant_type=refresh_token: RFC 6749 §6, with rotation (OAuth 2.1 §4.3.1).
#include "oauth/grants/refresh_token_grant.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "crypto/digest.h"
#include "oauth/authorization/account.h"
#include "oauth/grants/replaced_token.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/grants/successor.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"
#include "oauth/token_format.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view dead_token =
    "The refresh token is invalid, expired, revoked, already used, or was issued to another "
    "client.";

// Somebody else's rotation makes the next look find it; more than one conflict is a rare race.
constexpr int attempts_max = 4;

struct Refresh {
    std::string_view text;
    token::GrantTag tag;
    std::optional<std::string_view> scope;
    std::optional<std::string_view> resource;
    const Client& client;
    const http::Request& http;
};

Result<Refresh> read_refresh(const ShardState& state, const TokenRequest& request) {
    TRY(const std::string_view text, require_parameter(request.form, "refresh_token"));
    const auto head = read_token(state.settings, text, token::TokenKind::refresh);
    if (!head || head->kind != token::TokenKind::refresh) {
        return refuse(ErrorCode::invalid_grant, dead_token);
    }
    TRY(const auto resource, asked_resource(request.form));
    return Refresh{.text = text,
                   .tag = head->tag,
                   .scope = parameter(request.form, "scope"),
                   .resource = resource,
                   .client = request.client,
                   .http = request.http};
}

void report(ShardState& owner, const Refresh& refresh, EventKind kind, std::string_view detail) {
    owner.observer.on_event({.kind = kind,
                             .client_id = refresh.client.client_id,
                             .detail = detail,
                             .address = refresh.http.peer(),
                             .request_id = refresh.http.id()});
}

bool belongs_to(ShardState& owner, storage::GrantHandle handle, const Client& client) {
    const storage::Grant* const grant = owner.tokens.memory().find(handle);
    CHECK(grant != nullptr, "a token that was found has a grant");
    return grant->claims->info.client_id == client.client_id;
}

// OAuth 2.1 §4.3.1: a replaced token that comes back after its window was stolen, or its successor
// was.
io::Task<Result<>> end_family_of_replaced_token(ShardState& owner, const Refresh& refresh) {
    const auto grant =
        grant_of_replaced_token(owner, refresh.text, refresh.tag, refresh.client.client_id);
    if (!grant) co_return Result<>();
    CO_REQUIRE(stored(co_await owner.tokens.revoke(refresh.tag, grant)));
    report(owner, refresh, EventKind::replay_detected, "refresh_token");
    co_return Result<>();
}

// What a rotation hands out, as far as it is the same for everybody who asks for it.
struct Rotation {
    const Refresh& refresh;
    PooledText username;
    PooledText granted_scope;
    PooledText granted_resource;
    token::ScopeSet scope;
    PooledText resource;
    token::TokenText successor;

    storage::GrantClaims claims() const {
        return {refresh.client.client_id, username, granted_scope, granted_resource};
    }
};

// A token without a generation may have been replaced before its successors told theirs.
token::TokenText successor_to_hand_out(ShardState& owner, const Refresh& refresh,
                                       const storage::RefreshRecord& record) {
    if (record.rotated() && !generation_of(refresh.text, refresh.tag, owner.keys)) {
        token::TokenText older =
            successor_without_generation(refresh.text, refresh.tag, owner.keys);
        const crypto::Digest digest = crypto::sha256(older.text());
        if (owner.tokens.memory().find_refresh(digest, owner.now()) != nullptr) return older;
    }
    return successor_of(refresh.text, refresh.tag, owner.keys);
}

Result<Rotation> plan_rotation(ShardState& owner, const Refresh& refresh,
                               const storage::RefreshRecord& record) {
    CHECK(owner.tokens.memory().find(record.grant) != nullptr);
    const token::TokenInfo& granted = owner.tokens.memory().find(record.grant)->claims->info;
    const std::string_view audience =
        granted.audience.empty() ? std::string_view{} : granted.audience.front();
    TRY(token::ScopeSet scope,
        scope_of_refresh(refresh.scope, granted.scope, owner.settings, refresh.client));
    CHECK(granted.scope.includes(scope), "RFC 6749 §6: not more than was granted");
    TRY(PooledText resource, resource_of_token(refresh.resource, audience));
    return Rotation{.refresh = refresh,
                    .username = PooledText(granted.username),
                    .granted_scope = PooledText(granted.scope.text()),
                    .granted_resource = PooledText(audience),
                    .scope = std::move(scope),
                    .resource = std::move(resource),
                    .successor = successor_to_hand_out(owner, refresh, record)};
}

IssuedTokens describe(const Rotation& rotation, token::TokenText access, Duration remaining) {
    CHECK(remaining > Duration::zero(), "a token that is over is not handed out");
    return {.access = std::move(access),
            .refresh = rotation.successor,
            .expires_in_s = std::chrono::floor<Seconds>(remaining).count(),
            .scope = PooledText(rotation.scope.text()),
            .username = rotation.username,
            .resource = rotation.resource};
}

token::TokenText access_token_of(ShardState& owner, const Rotation& rotation) {
    return access_token_beside(rotation.refresh.text, rotation.refresh.tag, rotation.scope.text(),
                               rotation.resource, owner.keys);
}

// Conflict: somebody else was first.
io::Task<Result<storage::Outcome>> rotate_first(ShardState& owner, const Rotation& rotation,
                                                const IssuedTokens& tokens) {
    const std::int64_t now = numeric_date(owner.shard.wall_now());
    const auto window = std::chrono::ceil<Seconds>(owner.settings.refresh_replay_window);
    const Refresh& refresh = rotation.refresh;
    co_return stored(
        co_await owner.tokens.rotate({.digest = crypto::sha256(refresh.text),
                                      .text = refresh.text,
                                      .rotated_at = now,
                                      .forget_before = now - window.count()},
                                     to_store(owner, refresh.tag, rotation.claims(), tokens)));
}

// The same client again, inside of the window: its first answer was lost, or several of its
// processes refresh at once. The successor is the same, and the access token while it lives.
io::Task<TokenResult> rotate_again(ShardState& owner, const Rotation& rotation) {
    const Refresh& refresh = rotation.refresh;
    report(owner, refresh, EventKind::refresh_repeated, {});
    token::TokenText access = access_token_of(owner, rotation);
    CO_TRY(const storage::AccessRecord* record,
           stored(co_await owner.tokens.read_access(
               {refresh.tag, crypto::sha256(access.text()), access.text()})));
    if (record != nullptr) {
        co_return describe(rotation, std::move(access), record->deadline - owner.now());
    }
    access =
        token::TokenText::generate(token::TokenKind::access, refresh.tag, owner.shard.random());
    IssuedTokens tokens = describe(rotation, std::move(access), owner.settings.access_token_ttl);
    storage::NewTokens added = to_store(owner, refresh.tag, rotation.claims(), tokens);
    added.refresh.reset();  // it is there
    CO_TRY(const auto outcome, stored(co_await owner.tokens.add_access(added)));
    if (outcome == storage::Outcome::done) co_return tokens;
    co_return refuse(ErrorCode::invalid_grant, dead_token);
}

// A grant does not outlive the account of the person who gave it.
io::Task<Result<>> check_account(ShardState& owner, const Rotation& rotation) {
    CO_TRY(const bool stands,
           co_await grant_stands(owner, rotation.refresh.tag, rotation.username, {}));
    if (!stands) co_return refuse(ErrorCode::invalid_grant, dead_token);
    co_return Result<>();
}

// On the shard of the token's tag. Of any number of requests at once, at any number of boxes, one
// rotates and the others repeat, so there is one living chain.
io::Task<TokenResult> rotate(ShardState& owner, const Refresh& refresh) {
    CHECK(owner.owner_of(refresh.tag) == owner.here(), "on the shard of the token's tag");
    const storage::TokenKey key{refresh.tag, crypto::sha256(refresh.text), refresh.text};
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        CO_TRY(const storage::RefreshRecord* record,
               stored(co_await owner.tokens.read_refresh(key)));
        if (record == nullptr) {
            CO_REQUIRE(co_await end_family_of_replaced_token(owner, refresh));
            co_return refuse(ErrorCode::invalid_grant, dead_token);
        }
        if (!belongs_to(owner, record->grant, refresh.client)) {
            co_return refuse(ErrorCode::invalid_grant, dead_token);
        }
        CO_TRY(const Rotation rotation, plan_rotation(owner, refresh, *record));
        if (record->rotated()) {
            CO_REQUIRE(co_await check_account(owner, rotation));
            co_return co_await rotate_again(owner, rotation);
        }

        IssuedTokens tokens =
            describe(rotation, access_token_of(owner, rotation), owner.settings.access_token_ttl);
        CO_TRY(const auto outcome, co_await rotate_first(owner, rotation, tokens));
        if (outcome == storage::Outcome::done) {
            CO_REQUIRE(co_await check_account(owner, rotation));
            co_return tokens;
        }
        CO_REQUIRE(stored(co_await owner.tokens.reload(key)));
    }
    co_return refuse_for_now(ErrorCode::busy, "Too many concurrent refreshes of this token.",
                             Seconds{1});
}

}  // namespace

io::Task<TokenResult> rotate_refresh_token(ShardState& state, const TokenRequest& request) {
    CO_TRY(const Refresh refresh, read_refresh(state, request));
    co_return co_await state.peers.run(
        state.shard, state.owner_of(refresh.tag),
        [&refresh](ShardState& owner) { return rotate(owner, refresh); });
}

}  // namespace sluice::oauth
