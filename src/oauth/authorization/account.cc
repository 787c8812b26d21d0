#include "oauth/authorization/account.h"

#include "oauth/shard_state.h"
#include "oauth/storage_error.h"
#include "oauth/stored_user.h"

namespace sluice::oauth {

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
