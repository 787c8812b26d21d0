// Slowed, off-thread password checks.
#include "oauth/authorization/login.h"

#include <optional>
#include <string>

#include "base/result.h"
#include "io/event.h"
#include "oauth/authorization/account.h"
#include "oauth/authorization/password_check.h"
#include "oauth/limits/address_key.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr Seconds busy_retry{2};

// Each count on the shard that keeps it.
io::Task<Attempt> begin_attempt(ShardState& state, std::string_view username,
                                const PeerAddress& peer) {
    const std::string_view address = peer.key;
    const Attempt by_address =
        co_await state.peers.call(state.shard, state.owner_of(address), [&](ShardState& owner) {
            return owner.logins.begin_at_address(address, owner.now(), peer.people);
        });
    if (by_address.retry_after > Seconds{0}) co_return by_address;
    const Attempt by_account =
        co_await state.peers.call(state.shard, state.owner_of(username), [&](ShardState& owner) {
            return owner.logins.begin_at_account(username, address, owner.now());
        });
    co_return stricter(by_address, by_account);
}

io::Task<void> end_attempt(ShardState& state, std::string_view username, std::string_view address) {
    co_await state.peers.call(state.shard, state.owner_of(username), [&](ShardState& owner) {
        owner.logins.succeed_at_account(username, address);
    });
    co_await state.peers.call(state.shard, state.owner_of(address), [&](ShardState& owner) {
        owner.logins.succeed_at_address(address, owner.now());
    });
}

// username  Empty where nobody has that name: it may be a password, typed into the wrong field.
void report(ShardState& state, const http::Request& request, EventKind kind,
            std::string_view username, std::string_view detail) {
    state.observer.on_event({.kind = kind,
                             .username = username,
                             .detail = detail,
                             .address = request.peer(),
                             .request_id = request.id()});
}

}  // namespace

io::Task<Result<std::optional<Account>>> check_login(ShardState& state,
                                                     const http::Request& request,
                                                     std::string_view username,
                                                     std::string_view password) {
    if (username.size() > username_size_max || password.size() > password_size_max) {
        co_return std::nullopt;
    }
    const PeerAddress peer = peer_address(state.settings, request);
    const Attempt attempt = co_await begin_attempt(state, username, peer);
    if (attempt.retry_after > Seconds{0}) {
        const bool configured = state.users.contains(username);
        report(state, request, EventKind::login_failed, configured ? username : "", "slowed");
        co_return refuse_for_now(ErrorCode::rate_limited, "Too many failed sign-in attempts.",
                                 attempt.retry_after);
    }
    if (attempt.hold > Duration::zero()) co_await io::Sleep(state.shard, attempt.hold);

    CO_TRY(std::optional<Account> account, co_await find_account(state, username));
    const std::string_view known = account ? username : "";
    const auto right = co_await check_password(
        state.shard, state.workers, account ? std::optional(account->password_hash) : std::nullopt,
        password, state.password_cost);
    if (!right) {
        report(state, request, EventKind::login_failed, known, "busy");
        co_return refuse_for_now(ErrorCode::busy, "Too many concurrent sign-ins.", busy_retry);
    }
    if (!*right) {
        report(state, request, EventKind::login_failed, known, "wrong_password");
        co_return std::nullopt;
    }
    co_await end_attempt(state, username, peer.key);
    report(state, request, EventKind::login_succeeded, username, {});
    co_return std::move(account);
}

}  // namespace sluice::oauth
