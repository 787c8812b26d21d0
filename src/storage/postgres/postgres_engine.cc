#include "storage/postgres/postgres_engine.h"

#include "base/check.h"
#include "base/result.h"
#include "storage/postgres/engine_parts.h"
#include "storage/postgres/hosts.h"
#include "storage/postgres/postgres_store.h"

namespace sluice::storage {
namespace {

// One may wait for a server that says nothing while the other one cleans up.
constexpr unsigned threads = 2;

}  // namespace

struct PostgresEngine::Parts : postgres::EngineParts {
    using EngineParts::EngineParts;
};

PostgresEngine::PostgresEngine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PostgresEngine::~PostgresEngine() = default;

std::expected<std::unique_ptr<PostgresEngine>, std::string> PostgresEngine::create(
    PostgresSettings settings, unsigned shard_count) {
    CHECK(shard_count > 0 && settings.connections_per_shard > 0);
    if (settings.url.empty() || postgres::hosts_of(settings.url).empty()) {
        return failure(
            std::string("the database's URL is none that libpq reads: it is "
                        "postgresql://user:password@host/database, or key=value pairs"));
    }
    TRY(std::vector<io::Waker> wakers, io::make_wakers(threads));
    // Every connection of every shard, the feed and the cleaning may ask at once.
    const std::size_t jobs_max = std::size_t{settings.connections_per_shard} * shard_count + 2;
    return std::unique_ptr<PostgresEngine>(new PostgresEngine(
        std::make_unique<Parts>(std::move(settings), std::move(wakers), jobs_max, shard_count)));
}

std::unique_ptr<Store> PostgresEngine::open(io::Shard& shard) {
    CHECK(shard.index() < parts_->ports.size() && !parts_->ports[shard.index()].opened);
    parts_->ports[shard.index()].opened = true;
    return std::make_unique<postgres::PostgresStore>(shard, *parts_);
}

}  // namespace sluice::storage
