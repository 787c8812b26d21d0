#include "storage/sqlite/settings.h"

#include <fmt/format.h>

namespace sluice::storage::sqlite {

std::expected<Database, std::string> open_connection(const std::string& path, int cache_kib) {
    auto database = Database::open(path, Database::Access::read_write);
    if (!database) return std::unexpected(fmt::format("{}: {}", path, database.error().text));
    set_checkpoint_at_close(*database, false);
    const std::string settings = fmt::format(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; "
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -{}",
        cache_kib);
    const auto set = database->execute(settings.c_str());
    if (!set) return std::unexpected(fmt::format("{}: {}", path, set.error().text));
    return *std::move(database);
}

void set_checkpoint_at_close(Database& database, bool wanted) {
    sqlite3_db_config(database.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr);
}

}  // namespace sluice::storage::sqlite
