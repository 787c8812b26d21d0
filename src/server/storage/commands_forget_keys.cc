// `sluice forget-keys`: the way out where the sealing key is lost.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/random.h"
#include "server/storage/commands.h"
#include "server/storage/key_file.h"
#include "server/storage/store_work.h"

namespace sluice::server {
namespace {

using storage::DocumentKind;

io::Task<int> forget(storage::Store& store, io::Shard&) {
    const auto keys = co_await store.list(DocumentKind::server_key, "", 64);
    if (!keys) co_return complain(describe(keys.error()));
    for (const storage::StoredDocument& key : *keys) {
        const auto erased = co_await store.erase({DocumentKind::server_key, key.key});
        if (!erased) co_return complain(describe(erased.error()));
    }
    fmt::print("{} keys are forgotten; the next start makes new ones\n", keys->size());
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
