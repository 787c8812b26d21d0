#include "oauth/authorization/account.h"

#include "crypto/base64url.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"
#include "oauth/stored_user.h"

namespace sluice::oauth {

std::string Account::mark(const Keys& keys) const {
    const crypto::Digest whole = password_hash.mark(keys.form.reveal());
    return crypto::base64url(crypto::as_text(whole).substr(0, 16));
}

io::Task<Result<bool>> account_stands(ShardState& state, std::string_view username,
                                      std::string_view mark) {
    if (username.empty()) co_return true;
    CO_TRY(const auto account, co_await find_account(state, username));
    // Another server that shares the store may have given its own people tokens.
    if (!account) co_return state.settings.foreign_tokens&& mark.empty();
    co_return mark.empty() || account->mark(state.keys) == mark;
}

io::Task<Result<bool>> grant_stands(ShardState& owner, token::GrantTag tag,
                                    std::string_view username, std::string_view mark) {
    CO_TRY(const bool stands, co_await account_stands(owner, username, mark));
    if (!stands) CO_REQUIRE(stored(co_await owner.tokens.revoke(tag, std::nullopt)));
    co_return stands;
}

io::Task<Result<std::optional<Account>>> find_account(ShardState& state,
                                                      std::string_view username) {
    if (const auto user = state.users.find(username); user != state.users.end()) {
        co_return Account{user->second->password_hash, user->second->name};
    }
    if (state.store.keeps_nothing() || !is_stored_username(username)) co_return std::nullopt;
    CO_TRY(const auto json,
           stored(co_await state.store.get({storage::DocumentKind::user, username})));
    auto user = json ? StoredUser::parse(*json) : std::nullopt;
    if (!user) co_return std::nullopt;
    std::string name = user->name.empty() ? std::string(username) : std::move(user->name);
    co_return Account{std::move(user->password_hash), std::move(name)};
}

}  // namespace sluice::oauth
