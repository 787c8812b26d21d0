// `sluice migrate`: the tables in PostgreSQL.
#include <fmt/format.h>

#include <cstdio>

#include "server/storage/commands.h"
#include "server/storage/store_work.h"
#include "storage/postgres/migrations.h"

namespace sluice::server {
namespace {

int migrate(const config::StorageConfig& storage, bool dry_run) {
    const auto steps = storage::postgres::migrate(
        {.url = storage.url, .plain_tokens = storage.plain_tokens, .dry_run = dry_run});
    if (!steps) return complain(steps.error());
    for (const auto& step : *steps) {
        if (dry_run) {
            fmt::print("-- {}\n{}\n", step.name, step.sql);
        } else {
            fmt::print("applied {}\n", step.name);
        }
    }
    if (steps->empty()) fmt::print("{}nothing to do\n", dry_run ? "-- " : "");
    return 0;
}

}  // namespace

int run_migrate(const MigrateCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    const config::StorageConfig& storage = config->storage();
    if (!storage.durable()) return complain("engine \"memory\" has no tables");
    if (storage.engine == config::StorageConfig::Engine::postgres) {
        return migrate(storage, command.dry_run);
    }
    fmt::print("nothing to do: the server brings its database up to date when it starts\n");
    return 0;
}

}  // namespace sluice::server
