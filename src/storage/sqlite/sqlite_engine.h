// SQLite engine, embedded: one file, one thread that writes, one that reads.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/sharded.h"
#include "storage/sqlite/checker.h"
#include "storage/sqlite/checkpoint.h"
#include "storage/sqlite/health.h"
#include "storage/sqlite/opening.h"
#include "storage/sqlite/reader.h"
#include "storage/sqlite/settings.h"
#include "storage/sqlite/writer.h"
#include "storage/store.h"

namespace sluice::storage {

namespace sqlite {
class SqliteStore;
}

class SqliteEngine final : public Engine {
public:
    /// Creates the file where it is missing and upgrades an older one. Errors say what is wrong
    /// with which file, and what to do. clock  For any thread; outlives the engine.
    static std::expected<std::unique_ptr<SqliteEngine>, std::string> open(
        const SqliteSettings& settings, Clock& clock);
    SqliteEngine(const SqliteEngine&) = delete;
    SqliteEngine& operator=(const SqliteEngine&) = delete;
    /// Finishes what waits, moves the log into the database and closes it.
    ~SqliteEngine() override;

    std::unique_ptr<Store> open(io::Shard& shard) override;

    /// What was found while it was opened, one line each, for the log.
    const std::vector<std::string>& notices() const { return opened_.notices; }

private:
    SqliteEngine(sqlite::Opened opened, bool is_tool)
        : opened_(std::move(opened)), is_tool_(is_tool) {}

    sqlite::Opened opened_;
    const bool is_tool_;
    io::Sharded<sqlite::SqliteStore> stores_;
    sqlite::Health health_;
    sqlite::CheckpointSignal checkpoint_signal_;
    // The writer's connection is the last to be closed.
    std::unique_ptr<sqlite::Writer> writer_;
    std::unique_ptr<sqlite::Checkpointer> checkpointer_;
    std::unique_ptr<sqlite::Reader> reader_;
    std::unique_ptr<sqlite::Checker> checker_;  // null: nothing is left to check
};

}  // namespace sluice::storage
