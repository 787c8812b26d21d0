#include "storage/sqlite/database.h"

#include <fmt/format.h>

#include <cstring>

#include "base/result.h"
#include "storage/sqlite/checked_vfs.h"
#include "storage/sqlite/settings.h"

namespace sluice::storage::sqlite {

Damage damage_of(const DatabaseError& error) {
    switch (error.code & 0xff) {
        case SQLITE_FULL:
            return Damage::no_room;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_INTERRUPT:
        case SQLITE_PROTOCOL:
        case SQLITE_CANTOPEN:
            return Damage::none;
        case SQLITE_READONLY:
            return error.code == SQLITE_READONLY_DBMOVED ? Damage::lasting : Damage::none;
        case SQLITE_IOERR:
            if (error.code == SQLITE_IOERR_NOMEM) return Damage::none;
            break;
        default:
            break;
    }
    return Damage::lasting;
}

crypto::Digest Statement::digest(int column) {
    crypto::Digest digest{};
    const void* const data = sqlite3_column_blob(native_.get(), column);
    if (data != nullptr && sqlite3_column_bytes(native_.get(), column) == sizeof digest) {
        std::memcpy(digest.data(), data, sizeof digest);
    }
    return digest;
}

DatabaseResult<Database> Database::open(const std::string& path, Access access, const char* vfs) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
    sqlite3* native = nullptr;
    const char* const files = vfs != nullptr ? vfs : checked_vfs();
    const int code = sqlite3_open_v2(path.c_str(), &native, flags, files);
    if (native == nullptr) return std::unexpected(DatabaseError{SQLITE_NOMEM, "out of memory"});
    Database database(native);
    if (code != SQLITE_OK) return std::unexpected(database.error());
    sqlite3_busy_timeout(native, busy_timeout_ms);
    return database;
}

DatabaseResult<> Database::execute(const char* sql) {
    if (sqlite3_exec(native_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return std::unexpected(error());
}

DatabaseResult<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(native_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(error());
    return Statement(statement);
}

DatabaseResult<std::int64_t> Database::integer(std::string_view sql) {
    TRY(Statement statement, prepare(sql));
    const int code = statement.step();
    if (code == SQLITE_ROW) return statement.integer(0);
    if (code == SQLITE_DONE) return 0;
    return std::unexpected(error());
}

DatabaseError Database::error() const {
    const int code = sqlite3_extended_errcode(native_.get());
    return {code, fmt::format("{} ({})", sqlite3_errmsg(native_.get()), code)};
}

}  // namespace sluice::storage::sqlite
