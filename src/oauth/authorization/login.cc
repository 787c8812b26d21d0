// Slowed, off-thread password checks.
#include "oauth/authorization/login.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/password_hash.h"
#include "io/event.h"
#include "oauth/authorization/account.h"
#include "oauth/limits/address_key.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t username_size_max = 256;   // bytes
constexpr std::size_t password_size_max = 1024;  // bytes
constexpr Seconds busy_retry{2};

// Who guesses from where. Another address of the same account is another matter: guesses do not
// lock the account's owner out.
std::string guesser(std::string_view username, std::string_view address) {
    return std::string(username).append("\n").append(address);
}

// All counts, each on the shard that keeps it.
io::Task<Attempt> begin_attempt(ShardState& state, std::string_view username,
                                std::string_view address) {
    const Attempt by_address = co_await state.peers.call(
        state.shard, state.owner_of(address),
        [&](ShardState& owner) { return owner.address_logins.begin(address, owner.now()); });
    if (by_address.retry_after > Seconds{0}) co_return by_address;
    const Attempt by_account =
        co_await state.peers.call(state.shard, state.owner_of(username), [&](ShardState& owner) {
            const Attempt here =
                owner.guesser_logins.begin(guesser(username, address), owner.now());
            if (here.retry_after > Seconds{0}) return here;
            const Attempt anywhere = owner.account_logins.begin(username, owner.now());
            return Attempt{std::max(here.hold, anywhere.hold), Seconds{0}};
        });
    co_return Attempt{std::max(by_address.hold, by_account.hold), by_account.retry_after};
}

// The account's count starts anew. The address only gets this attempt back: others behind it may be
// guessing still.
io::Task<void> end_attempt(ShardState& state, std::string_view username, std::string_view address) {
    co_await state.peers.call(state.shard, state.owner_of(username), [&](ShardState& owner) {
        owner.guesser_logins.forget(guesser(username, address));
        owner.account_logins.forget(username);
    });
    co_await state.peers.call(state.shard, state.owner_of(address), [&](ShardState& owner) {
        owner.address_logins.take_back(address, owner.now());
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

io::Task<Result<bool>> check_login(ShardState& state, const http::Request& request,
                                   std::string_view username, std::string_view password) {
    if (username.size() > username_size_max || password.size() > password_size_max) {
        co_return false;
    }
    const PooledText address = address_key(request.peer());
    const Attempt attempt = co_await begin_attempt(state, username, address);
    if (attempt.retry_after > Seconds{0}) {
        const bool configured = state.users.contains(username);
        report(state, request, EventKind::login_failed, configured ? username : "", "slowed");
        co_return refuse_for_now(ErrorCode::rate_limited,
                                 "Too many attempts to sign in have failed.", attempt.retry_after);
    }
    if (attempt.hold > Duration::zero()) co_await io::Sleep(state.shard, attempt.hold);

    CO_TRY(const std::optional<Account> account, co_await find_account(state, username));
    const std::string_view known = account ? username : "";
    const auto right = co_await state.workers.run(
        state.shard,
        [hash = account ? account->password_hash : crypto::PasswordHash::of_nobody(),
         secret = Secret(std::string(password))] { return hash.verify(secret.reveal()); });
    if (!right) {
        report(state, request, EventKind::login_failed, known, "busy");
        co_return refuse_for_now(ErrorCode::busy, "Too many people are signing in at once.",
                                 busy_retry);
    }
    // The hash of nobody matches nothing, but a right answer needs a user all the same.
    if (!*right || !account) {
        report(state, request, EventKind::login_failed, known, "wrong_password");
        co_return false;
    }
    co_await end_attempt(state, username, address);
    report(state, request, EventKind::login_succeeded, username, {});
    co_return true;
}

}  // namespace sluice::oauth
