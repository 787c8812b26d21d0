// grant_type=refresh_token: RFC 6749 §6, with rotation (OAuth 2.1 §4.3.1).
#include <algorithm>
#include <string>

#include "base/check.h"
#include "crypto/digest.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/grants/successor.h"
#include "oauth/grants/token_request.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view dead_token =
    "The refresh token is unknown, expired, revoked, replaced, or of another client.";

// How many rotations back a token is still recognised as one of a living family.
constexpr int generations_known = 64;

struct Refresh {
    std::string_view text;
    token::GrantTag tag;
    std::optional<std::string_view> scope;
    std::optional<std::string_view> resource;
    const Client& client;
    const http::Request& http;
};

Result<Refresh> read_refresh(const TokenRequest& request) {
    TRY(const std::string_view text, require_parameter(request.form, "refresh_token"));
    const auto tag = token::parse_token(text, token::TokenKind::refresh);
    if (!tag) return refuse(ErrorCode::invalid_grant, dead_token);
    TRY(const auto resource, asked_resource(request.form));
    return Refresh{.text = text,
                   .tag = *tag,
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
    const storage::Grant* grant = owner.grants.find(handle);
    return grant != nullptr && grant->claims->info.client_id == client.client_id;
}

// OAuth 2.1 §4.3.1: a replaced token that comes back after its window was stolen, or its successor
// was. Which tokens once were is not stored: each leads to its successors, and one of those is the
// family's current one.
void end_family_of_replaced_token(ShardState& owner, const Refresh& refresh) {
    token::TokenText text = successor_of(refresh.text, refresh.tag, owner.keys);
    for (int i = 0; i < generations_known; ++i) {
        const auto* record = owner.grants.find_refresh(crypto::sha256(text.text()), owner.now());
        if (record != nullptr) {
            if (!belongs_to(owner, record->grant, refresh.client)) return;
            owner.grants.revoke(record->grant);
            report(owner, refresh, EventKind::replay_detected, "refresh_token");
            return;
        }
        text = successor_of(text.text(), refresh.tag, owner.keys);
    }
}

struct Rotation {
    const Refresh& refresh;
    storage::GrantHandle grant;
    token::ScopeSet scope;
    PooledText resource;
};

IssuedTokens describe(ShardState& owner, const Rotation& rotation, token::TokenText access,
                      Duration remaining) {
    return {.access = std::move(access),
            .refresh = successor_of(rotation.refresh.text, rotation.refresh.tag, owner.keys),
            .expires_in_s = std::chrono::floor<Seconds>(remaining).count(),
            .scope = PooledText(rotation.scope.text()),
            .username = PooledText(owner.grants.find(rotation.grant)->claims->info.username),
            .resource = rotation.resource};
}

IssuedTokens rotate_first(ShardState& owner, const Rotation& rotation,
                          storage::RefreshRecord& record) {
    const MonotonicTime window_end = owner.now() + owner.settings.refresh_replay_window;
    record.rotated_at = owner.now();
    record.deadline = std::min(record.deadline, window_end);  // `record` is gone from here on

    const Refresh& refresh = rotation.refresh;
    token::TokenText access = access_token_beside(refresh.text, refresh.tag, rotation.scope.text(),
                                                  rotation.resource, owner.keys);
    IssuedTokens tokens =
        describe(owner, rotation, std::move(access), owner.settings.access_token_ttl);
    add_access_token(owner, rotation.grant, tokens.access.text(), tokens.scope, tokens.resource);
    add_refresh_token(owner, rotation.grant, tokens.refresh->text());
    return tokens;
}

// The same client again, inside of the window: its first answer was lost, or several of its
// processes refresh at once. The successor is the same, and the access token while it lives.
IssuedTokens rotate_again(ShardState& owner, const Rotation& rotation) {
    const Refresh& refresh = rotation.refresh;
    report(owner, refresh, EventKind::refresh_repeated, {});
    token::TokenText access = access_token_beside(refresh.text, refresh.tag, rotation.scope.text(),
                                                  rotation.resource, owner.keys);
    const auto* record = owner.grants.find_access(crypto::sha256(access.text()), owner.now());
    if (record != nullptr) {
        return describe(owner, rotation, std::move(access), record->deadline - owner.now());
    }
    access =
        token::TokenText::generate(token::TokenKind::access, refresh.tag, owner.shard.random());
    IssuedTokens tokens =
        describe(owner, rotation, std::move(access), owner.settings.access_token_ttl);
    add_access_token(owner, rotation.grant, tokens.access.text(), tokens.scope, tokens.resource);
    return tokens;
}

// On the shard of the token's tag, in one step: of any number of requests at once the first rotates
// and the others repeat, so there is one living chain.
TokenResult rotate(ShardState& owner, const Refresh& refresh) {
    auto* record = owner.grants.find_refresh(crypto::sha256(refresh.text), owner.now());
    if (record == nullptr) {
        end_family_of_replaced_token(owner, refresh);
        return refuse(ErrorCode::invalid_grant, dead_token);
    }
    if (!belongs_to(owner, record->grant, refresh.client)) {
        return refuse(ErrorCode::invalid_grant, dead_token);
    }
    const token::TokenInfo& granted = owner.grants.find(record->grant)->claims->info;
    TRY(token::ScopeSet scope, scope_of_refresh(refresh.scope, granted.scope));
    TRY(PooledText resource,
        resource_of_token(refresh.resource, granted.audience.empty() ? std::string_view{}
                                                                     : granted.audience.front()));
    const Rotation rotation{refresh, record->grant, std::move(scope), std::move(resource)};
    return record->rotated() ? rotate_again(owner, rotation)
                             : rotate_first(owner, rotation, *record);
}

}  // namespace

io::Task<TokenResult> rotate_refresh_token(ShardState& state, const TokenRequest& request) {
    CO_TRY(const Refresh refresh, read_refresh(request));
    co_return co_await state.peers.call(
        state.shard, state.owner_of(refresh.tag),
        [&refresh](ShardState& owner) { return rotate(owner, refresh); });
}

}  // namespace sluice::oauth
