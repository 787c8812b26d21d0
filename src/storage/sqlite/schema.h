// Schema versions of the SQLite file, and the migration from every older one to the newest.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "storage/sqlite/database.h"

namespace sluice::storage::sqlite {

/// `PRAGMA user_version` of the files that this program writes.
inline constexpr std::int64_t schema_version = 2;
/// `PRAGMA application_id`: "SLUC".
inline constexpr std::int64_t application_id = 0x534c5543;

/// Makes an empty file a database of `version`, in WAL mode. Older versions are for tests.
DatabaseResult<> create_schema(Database& database, std::int64_t version = schema_version);

/// Brings an older schema up to date in one transaction. Errors say what is wrong with the file and
/// what to do.
std::expected<void, std::string> upgrade_schema(Database& database);

}  // namespace sluice::storage::sqlite
