// `sluice backup` and `sluice restore`: copies of the database of engine sqlite.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "server/storage/commands.h"
#include "server/storage/store_work.h"
#include "storage/sqlite/backup.h"

namespace sluice::server {
namespace {

/// Why there is nothing for these commands to do; empty where there is.
std::string refusal(const config::StorageConfig& storage, std::string_view instead) {
    using Engine = config::StorageConfig::Engine;
    if (storage.engine == Engine::sqlite) return "";
    if (!storage.durable()) return "engine \"memory\" has nothing to copy";
    if (storage.engine == Engine::postgres) {
        return fmt::format("the database is PostgreSQL's: use {}", instead);
    }
    return "this engine's database is copied by tools of its own";
}

}  // namespace

int run_backup(const BackupCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    const std::string reason = refusal(config->storage(), "pg_dump");
    if (!reason.empty()) return complain(reason);
    const auto written = storage::sqlite::backup(config->storage().path, command.file);
    if (!written) return complain(written.error());
    fmt::print("{} is in {}\n", config->storage().path, command.file);
    if (!config->storage().key_file.empty()) {
        fmt::print("it does not hold the key file: keep a copy of {} elsewhere\n",
                   config->storage().key_file);
    }
    return 0;
}

int run_restore(const RestoreCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    const std::string reason = refusal(config->storage(), "pg_restore");
    if (!reason.empty()) return complain(reason);
    const std::string& path = config->storage().path;
    const auto restored = storage::sqlite::restore(command.file, path);
    if (!restored) return complain(restored.error());
    fmt::print("{} is restored from {}\n", path, command.file);
    return 0;
}

}  // namespace sluice::server
