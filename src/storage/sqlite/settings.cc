#include "storage/sqlite/settings.h"

#include "base/result.h"

namespace sluice::storage::sqlite {

DatabaseResult<> configure_connection(Database& database) {
    set_checkpoint_at_close(database, false);
    return database.execute(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; "
        "PRAGMA cache_size = -32768; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
}

std::expected<Database, std::string> open_connection(const std::string& path) {
    TRY(Database database, explained(Database::open(path, Database::Access::read_write)));
    REQUIRE(explained(configure_connection(database)));
    return database;
}

void set_checkpoint_at_close(Database& database, bool wanted) {
    sqlite3_db_config(database.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr);
}

}  // namespace sluice::storage::sqlite
