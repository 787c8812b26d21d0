#include "oauth/authorization/person_attributes.h"

#include <string_view>

#include "oauth/shard_state.h"
#include "oauth/stored_user.h"

namespace sluice::oauth {
namespace {

using Attributes = std::vector<token::Attribute>;

Attributes usual_attributes(std::string_view username, std::string_view name,
                            std::string_view email) {
    Attributes attributes{{"username", std::string(username)}};
    attributes.push_back({"name", std::string(name.empty() ? username : name)});
    if (!email.empty()) attributes.push_back({"email", std::string(email)});
    return attributes;
}

void tell(token::TokenInfo& info, const std::optional<Attributes>& attributes) {
    info.knows_person = attributes.has_value();
    info.attributes = attributes.value_or(Attributes());
}

}  // namespace

io::Task<void> describe_person(ShardState& state, token::TokenInfo& info) {
    if (info.username.empty()) co_return tell(info, Attributes());
    if (const auto user = state.users.find(info.username); user != state.users.end()) {
        const UserSetting& known = *user->second;
        Attributes attributes = usual_attributes(known.username, known.name, known.email);
        attributes.insert(attributes.end(), known.attributes.begin(), known.attributes.end());
        co_return tell(info, attributes);
    }
    if (const auto* kept = state.persons.find(info.username, state.now())) {
        co_return tell(info, *kept);
    }
    info.knows_person = false;
    if (state.store.keeps_nothing() || !is_stored_username(info.username)) co_return;
    const auto json =
        co_await state.store.get({storage::DocumentKind::user, std::string_view(info.username)});
    if (!json) co_return;
    const auto user = *json ? StoredUser::parse(**json) : std::nullopt;
    std::optional<Attributes> attributes;
    if (user) attributes = usual_attributes(info.username, user->name, user->email);
    tell(info, state.persons.put(info.username, std::move(attributes), state.now()));
}

}  // namespace sluice::oauth
