#include "server/storage/engine.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/result.h"
#include "server/storage/key_file.h"
#include "storage/memory_store.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/sqlite/sqlite_engine.h"

namespace sluice::server {

namespace {

std::expected<OpenedEngine, std::string> open_sqlite(const config::StorageConfig& storage,
                                                     const EngineNeeds& needs) {
    storage::SqliteSettings settings;
    settings.path = storage.path;
    settings.is_tool = needs.is_tool;
    TRY(std::unique_ptr<storage::SqliteEngine> engine,
        storage::SqliteEngine::open(settings, needs.clock));
    std::vector<std::string> notices = engine->notices();
    return OpenedEngine{std::move(engine), std::move(notices)};
}

std::expected<OpenedEngine, std::string> open_postgres(const config::Config& config,
                                                       const EngineNeeds& needs) {
    const config::StorageConfig& storage = config.storage();
    storage::PostgresSettings settings;
    settings.url = storage.url;
    settings.connections_per_shard = needs.is_tool ? 1 : storage.connections;
    settings.connect_timeout = storage.connect_timeout;
    settings.statement_timeout = storage.statement_timeout;
    settings.waiting_max = storage.max_waiting;
    settings.staleness_max = storage.max_staleness;
    settings.plain_tokens = storage.plain_tokens;
    if (config.auth()) {
        settings.access_token_ttl = config.auth()->access_token_ttl;
        settings.refresh_token_ttl = config.auth()->refresh_token_ttl;
    }
    TRY(std::unique_ptr<storage::PostgresEngine> engine,
        storage::PostgresEngine::create(std::move(settings), needs.shard_count));
    return OpenedEngine{std::move(engine), {}};
}

}  // namespace

std::expected<std::vector<Secret>, std::string> find_sealing_keys(
    const config::StorageConfig& config, Random& random) {
    if (!config.durable() || !config.makes_key_file) return config.keys;
    std::error_code ignored;
    if (std::filesystem::exists(config.key_file, ignored)) return read_key_file(config.key_file);
    if (std::filesystem::exists(config.path, ignored)) {
        return std::unexpected(fmt::format(
            "{} is there, but not {}, the key that seals what is in it. Put the key file back: a "
            "backup of the database does not hold it. Is it lost, `sluice forget-keys` lets the "
            "server begin with new keys",
            config.path, config.key_file));
    }
    return make_key_file(config.key_file, random);
}

std::expected<OpenedEngine, std::string> make_engine(const config::Config& config,
                                                     const EngineNeeds& needs) {
    const config::StorageConfig& storage = config.storage();
    switch (storage.engine) {
        case config::StorageConfig::Engine::memory:
            return OpenedEngine{std::make_unique<storage::MemoryEngine>(needs.random), {}};
        case config::StorageConfig::Engine::sqlite:
            return open_sqlite(storage, needs);
        case config::StorageConfig::Engine::postgres:
            return open_postgres(config, needs);
    }
    std::unreachable();
}

std::expected<OpenedStorage, std::string> open_storage(const config::Config& config,
                                                       unsigned shard_count, Random& random) {
    auto clock = std::make_unique<SystemClock>();
    TRY(std::vector<Secret> keys, find_sealing_keys(config.storage(), random));
    TRY(OpenedEngine opened,
        make_engine(config, {.shard_count = shard_count, .clock = *clock, .random = random}));
    return OpenedStorage{.clock = std::move(clock),
                         .sealing_keys = std::move(keys),
                         .engine = std::move(opened.engine),
                         .notices = std::move(opened.notices)};
}

}  // namespace sluice::server
