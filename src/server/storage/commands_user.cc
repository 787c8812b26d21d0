// `sluice user`: who can sign in, as documents of the store.
#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "base/random.h"
#include "crypto/password_hash.h"
#include "oauth/grants/end_grants.h"
#include "oauth/stored_user.h"
#include "server/password_input.h"
#include "server/storage/commands.h"
#include "server/storage/engine.h"
#include "server/storage/store_work.h"

namespace sluice::server {
namespace {

using storage::DocumentKind;
using storage::Outcome;
using storage::PutMode;

constexpr std::size_t page_size = 256;

bool is_one_line(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    return true;
}

std::optional<std::string_view> check(const UserCommand& command) {
    if (!oauth::is_stored_username(command.username)) {
        return "a username has 1 to 200 bytes, without control characters, quotes and backslashes";
    }
    for (const std::string_view text : {command.name, command.email}) {
        if (!is_one_line(text)) return "a name or email must not contain control characters";
        if (text.size() > 1000) return "a name or email has at most 1000 bytes";
    }
    return std::nullopt;
}

// Sessions and codes carry the account's mark and end by themselves.
io::Task<int> end_grants_of(storage::Store& store, std::string_view username) {
    const auto ended = co_await oauth::end_grants(
        store, {.client_id = std::nullopt, .username = username, .resource = std::nullopt},
        [&store](token::GrantTag tag) { return store.revoke(tag); });
    if (ended) co_return 0;
    co_return complain(fmt::format(
        "the database does not answer any more; `sluice grants revoke --user {}` ends the rest",
        username));
}

io::Task<int> add(storage::Store& store, const UserCommand& command, std::string_view value) {
    const auto put = co_await store.put({DocumentKind::user, command.username, value},
                                        command.replace ? PutMode::replace : PutMode::only_new);
    if (!put) co_return complain(describe(put.error()));
    if (*put == Outcome::conflict) {
        co_return complain(
            fmt::format("{} already exists; --replace sets a new password", command.username));
    }
    co_return command.replace ? co_await end_grants_of(store, command.username) : 0;
}

io::Task<int> list(storage::Store& store) {
    std::string after;
    while (true) {
        const auto page = co_await store.list(DocumentKind::user, after, page_size);
        if (!page) co_return complain(describe(page.error()));
        for (const storage::StoredDocument& user : *page) fmt::print("{}\n", user.key);
        if (page->size() < page_size) co_return 0;
        after = page->back().key;
    }
}

io::Task<int> remove(storage::Store& store, const UserCommand& command) {
    const auto erased = co_await store.erase({DocumentKind::user, command.username});
    if (!erased) co_return complain(describe(erased.error()));
    if (*erased == Outcome::conflict) {
        co_return complain(fmt::format("there is no {} in the database", command.username));
    }
    co_return co_await end_grants_of(store, command.username);
}

std::expected<std::string, std::string> new_user(const UserCommand& command) {
    auto password = read_new_password();
    if (!password) return std::unexpected(password.error());
    SystemRandom random;
    const oauth::StoredUser user{crypto::PasswordHash::make(password->reveal(), random),
                                 command.name, command.email};
    return user.to_json();
}

}  // namespace

int run_user(const UserCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    if (!config->storage().durable()) {
        return complain("engine \"memory\" keeps no users: write them as [[auth.user]]");
    }
    using Action = UserCommand::Action;
    if (command.action != Action::list) {
        if (const auto problem = check(command)) return complain(*problem);
    }
    std::string value;
    if (command.action == Action::add) {
        if (!config->auth()) return complain("there are no users: the configuration has no [auth]");
        auto user = new_user(command);
        if (!user) return complain(user.error());
        value = *std::move(user);
    }
    // Whoever makes the database makes its key.
    SystemRandom random;
    if (const auto keys = find_sealing_keys(config->storage(), random); !keys) {
        return complain(keys.error());
    }
    const auto work = [&](storage::Store& store, io::Shard&) {
        switch (command.action) {
            case Action::add:
                return add(store, command, value);
            case Action::list:
                return list(store);
            case Action::remove:
                return remove(store, command);
        }
        std::unreachable();
    };
    const auto status = work_on_store(*config, work);
    return status ? *status : complain(status.error());
}

}  // namespace sluice::server
