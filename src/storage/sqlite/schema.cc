#include "storage/sqlite/schema.h"

#include <fmt/format.h>

#include "base/result.h"
#include "storage/sqlite/checked_vfs.h"

namespace sluice::storage::sqlite {
namespace {

// A family is one range of each table, since every token's text names its grant's tag: no second
// index, and a row lies in the leaf of its key.
constexpr const char* version_1 = R"(
CREATE TABLE access_tokens (
    tag INTEGER NOT NULL,         -- of the grant
    digest BLOB NOT NULL,         -- SHA-256 of the token
    issued_at INTEGER NOT NULL,   -- seconds since 1970, as all times of tokens
    expires_at INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    username TEXT NOT NULL,       -- empty: the client acts for itself
    scope TEXT NOT NULL,
    resource TEXT NOT NULL,       -- empty: none in particular
    PRIMARY KEY (tag, digest)
) WITHOUT ROWID;
CREATE TABLE refresh_tokens (
    tag INTEGER NOT NULL,
    digest BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,  -- 0: the current one
    client_id TEXT NOT NULL,
    username TEXT NOT NULL,
    scope TEXT NOT NULL,
    resource TEXT NOT NULL,
    PRIMARY KEY (tag, digest)
) WITHOUT ROWID;
CREATE TABLE documents (
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL,  -- seconds since 1970; 0: never
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
)";

// Lifetimes below a second, and a row whose writing shows whether the disk takes anything.
constexpr const char* from_1_to_2 = R"(
UPDATE documents SET expires_at = expires_at * 1000;
CREATE TABLE probe (id INTEGER PRIMARY KEY, written_at INTEGER NOT NULL);
)";

DatabaseResult<> upgrade_steps(Database& database, std::int64_t from, std::int64_t to) {
    if (from < 1 && to >= 1) REQUIRE(database.execute(version_1));
    if (from < 2 && to >= 2) REQUIRE(database.execute(from_1_to_2));
    return database.execute(fmt::format("PRAGMA user_version = {}", to).c_str());
}

DatabaseResult<> in_transaction(Database& database, std::int64_t from, std::int64_t to) {
    REQUIRE(database.execute("BEGIN IMMEDIATE"));
    const DatabaseResult<> done = upgrade_steps(database, from, to);
    if (done) return database.execute("COMMIT");
    static_cast<void>(database.execute("ROLLBACK"));
    return done;
}

}  // namespace

DatabaseResult<> create_schema(Database& database, std::int64_t version) {
    int reserved = checksum_bytes;
    sqlite3_file_control(database.native(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    const std::string settings =
        fmt::format("PRAGMA page_size = {}; PRAGMA synchronous = FULL; PRAGMA application_id = {}",
                    page_bytes, application_id);
    REQUIRE(database.execute(settings.c_str()));
    REQUIRE(in_transaction(database, 0, version));
    return database.execute("PRAGMA journal_mode = WAL");
}

std::expected<void, std::string> upgrade_schema(Database& database) {
    const auto version = database.integer("PRAGMA user_version");
    if (!version) return std::unexpected(version.error().text);
    if (*version == schema_version) return {};
    if (*version < 1 || *version > schema_version) {
        return std::unexpected(fmt::format(
            "its schema has version {}, this program supports versions up to {}: run the version "
            "of sluice that wrote it, or restore a backup with `sluice restore`",
            *version, schema_version));
    }
    const auto upgraded = in_transaction(database, *version, schema_version);
    if (upgraded) return {};
    return std::unexpected(fmt::format("upgrading its schema from version {} to {} failed: {}",
                                       *version, schema_version, upgraded.error().text));
}

}  // namespace sluice::storage::sqlite
