// `sluice forget-keys`: the way out where the sealing key is lost.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/random.h"
#include "base/result.h"
#include "server/storage/commands.h"
#include "server/storage/key_file.h"
#include "server/storage/store_work.h"

namespace sluice::server {
namespace {

using storage::DocumentKind;

/// How many there were.
io::Task<storage::StoreResult<std::size_t>> erase_all(storage::Store& store, DocumentKind kind) {
    std::size_t count = 0;
    while (true) {
        CO_TRY(const auto some, co_await store.list(kind, "", 64));
        if (some.empty()) co_return count;
        for (const storage::StoredDocument& document : some) {
            CO_REQUIRE(co_await store.erase({kind, document.key}));
        }
        count += some.size();
    }
}

io::Task<int> forget(storage::Store& store, io::Shard&) {
    // Accounts are marked under the keys: with others all would look changed.
    const auto accounts = co_await erase_all(store, DocumentKind::configured_account);
    if (!accounts) co_return complain(describe(accounts.error()));
    const auto keys = co_await erase_all(store, DocumentKind::server_key);
    if (!keys) co_return complain(describe(keys.error()));
    fmt::print("{} keys are forgotten; the next start makes new ones\n", *keys);
    co_return 0;
}

}  // namespace

int run_forget_keys(const ForgetKeysCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    const config::StorageConfig& storage = config->storage();
    if (!storage.durable()) return complain("engine \"memory\" keeps no keys");
    const auto status = work_on_store(*config, forget);
    if (!status) return complain(status.error());
    if (*status != 0 || !storage.makes_key_file) return *status;
    std::error_code ignored;
    if (std::filesystem::exists(storage.key_file, ignored)) return 0;
    SystemRandom random;
    const auto made = make_key_file(storage.key_file, random);
    return made ? 0 : complain(made.error());
}

}  // namespace sluice::server
