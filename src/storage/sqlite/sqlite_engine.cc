#include "storage/sqlite/sqlite_engine.h"

#include "base/result.h"
#include "storage/sqlite/sqlite_store.h"

namespace sluice::storage {

using namespace sqlite;

std::expected<std::unique_ptr<SqliteEngine>, std::string> SqliteEngine::open(
    const SqliteSettings& settings, Clock& clock) {
    TRY(Opened opened, open_file(settings));
    const bool check_rest = opened.lock && !opened.was_checked_whole;
    std::unique_ptr<SqliteEngine> engine(new SqliteEngine(std::move(opened), settings.is_tool));
    const std::string& path = settings.path;
    TRY(engine->writer_, Writer::start(path, clock, engine->health_, engine->checkpoint_signal_,
                                       settings.waiting_max, !settings.is_tool));
    TRY(engine->checkpointer_,
        Checkpointer::start(path, engine->checkpoint_signal_, engine->health_));
    TRY(engine->reader_, Reader::start(path, clock, engine->health_, settings.waiting_max));
    if (check_rest) {
        TRY(engine->checker_, Checker::start(path, engine->health_));
    }
    return engine;
}

SqliteEngine::~SqliteEngine() = default;

std::unique_ptr<Store> SqliteEngine::open(io::Shard& shard) {
    return std::make_unique<SqliteStore>(shard, health_, writer_->queue(), reader_->queue(),
                                         stores_, is_tool_);
}

}  // namespace sluice::storage
