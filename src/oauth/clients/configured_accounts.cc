// Remembering accounts of the configuration.
#include "oauth/clients/configured_accounts.h"

#include <map>
#include <string>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "oauth/authorization/account.h"
#include "oauth/grants/end_grants.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

using storage::DocumentKind;
using storage::StoreResult;

constexpr auto kind = DocumentKind::configured_account;
constexpr std::size_t page_size = 256;

struct Remembered {
    std::string type;  // "user" or "client"
    std::string name;
    std::string mark;  // of a user: see Account::mark()

    std::string key() const {
        return crypto::base64url(crypto::as_text(crypto::sha256(type + '\n' + name)));
    }
    std::string to_json() const {
        std::string json;
        JsonWriter(json)
            .begin_object()
            .member("type", std::string_view(type))
            .member("name", std::string_view(name))
            .member("mark", std::string_view(mark))
            .end_object();
        return json;
    }
};

Remembered read(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return {};
    const auto text = [&](std::string_view name) {
        return std::string(document->root().find_string(name).value_or(""));
    };
    return {text("type"), text("name"), text("mark")};
}

std::map<std::string, std::string> configured(const ShardState& state) {
    std::map<std::string, std::string> all;
    const auto add = [&all](const Remembered& one) { all.emplace(one.key(), one.to_json()); };
    for (const UserSetting& user : state.settings.users) {
        add({"user", user.username, Account{user.password_hash, {}}.mark(state.keys)});
    }
    for (const ClientSetting& client : state.settings.clients)
        add({"client", client.client_id, {}});
    return all;
}

io::Task<StoreResult<>> end_grants_of(ShardState& state, const Remembered& one) {
    storage::GrantFilter filter;
    (one.type == "user" ? filter.username : filter.client_id) = one.name;
    CO_TRY(const std::size_t ended, co_await end_grants(state, filter));
    state.observer.on_event({.kind = EventKind::account_dropped,
                             .client_id = one.type == "client" ? one.name : std::string_view(),
                             .username = one.type == "user" ? one.name : std::string_view(),
                             .detail = ended > 0 ? "grants_ended" : ""});
    co_return StoreResult<>();
}

// Each is remembered anew once what it had has ended.
io::Task<StoreResult<>> compare(ShardState& state, const storage::StoredDocument& before,
                                std::map<std::string, std::string>& missing) {
    const auto now = missing.find(before.key);
    const bool stays = now != missing.end();
    if (stays && now->second == before.value) {
        missing.erase(now);
        co_return StoreResult<>();
    }
    CO_REQUIRE(co_await end_grants_of(state, read(before.value)));
    if (!stays) CO_REQUIRE(co_await state.store.erase({kind, before.key}));
    co_return StoreResult<>();
}

}  // namespace

io::Task<StoreResult<>> end_dropped_accounts(ShardState& state) {
    if (state.store.keeps_nothing()) co_return StoreResult<>();
    std::map<std::string, std::string> missing = configured(state);
    std::string after;
    while (true) {
        CO_TRY(const auto page, co_await state.store.list(kind, after, page_size));
        for (const storage::StoredDocument& before : page) {
            CO_REQUIRE(co_await compare(state, before, missing));
        }
        if (page.size() < page_size) break;
        after = page.back().key;
    }
    for (const auto& [key, value] : missing) {
        CO_REQUIRE(co_await state.store.put({kind, key, value, {}}, storage::PutMode::replace));
    }
    co_return StoreResult<>();
}

}  // namespace sluice::oauth
