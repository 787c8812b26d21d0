#include "storage/sqlite/statements.h"

#include <optional>

#include "base/result.h"

namespace sluice::storage::sqlite {
namespace {

/// Prepares one after another, and keeps the first error.
class Preparation {
public:
    explicit Preparation(Database& database) : database_(database) {}
    Statement operator()(std::string_view sql) {
        if (!error_) {
            auto statement = database_.prepare(sql);
            if (statement) return *std::move(statement);
            error_ = std::move(statement).error();
        }
        return {};
    }
    const std::optional<DatabaseError>& error() const { return error_; }

private:
    Database& database_;
    std::optional<DatabaseError> error_;
};

}  // namespace

DatabaseResult<WriteStatements> WriteStatements::prepare(Database& database) {
    Preparation prepare(database);
    WriteStatements all{
        .database = &database,
        .begin = prepare("BEGIN IMMEDIATE"),
        .commit = prepare("COMMIT"),
        .has_access = prepare("SELECT 1 FROM access_tokens WHERE tag = ?1 LIMIT 1"),
        .has_refresh = prepare("SELECT 1 FROM refresh_tokens WHERE tag = ?1 LIMIT 1"),
        .living_access =
            prepare("SELECT 1 FROM access_tokens WHERE tag = ?1 AND expires_at > ?2 LIMIT 1"),
        .living_refresh =
            prepare("SELECT 1 FROM refresh_tokens WHERE tag = ?1 AND expires_at > ?2 LIMIT 1"),
        // OR REPLACE spares the search for the key; a digest of 256 random bits is always new.
        .add_access = prepare(
            "INSERT OR REPLACE INTO access_tokens (tag, digest, issued_at, expires_at, client_id, "
            "username, scope, resource) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
        .add_refresh =
            prepare("INSERT OR REPLACE INTO refresh_tokens (tag, digest, issued_at, expires_at, "
                    "rotated_at, client_id, username, scope, resource) "
                    "VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8)"),
        .mark_rotated =
            prepare("UPDATE refresh_tokens SET rotated_at = ?3 "
                    "WHERE tag = ?1 AND digest = ?2 AND rotated_at = 0 AND expires_at > ?4"),
        .prune_access =
            prepare("DELETE FROM access_tokens WHERE tag = ?1 AND digest IN (SELECT digest FROM "
                    "access_tokens WHERE tag = ?1 ORDER BY issued_at DESC LIMIT -1 OFFSET ?2)"),
        .prune_refresh = prepare(
            "DELETE FROM refresh_tokens WHERE tag = ?1 AND rotated_at > 0 AND rotated_at < ?2"),
        .revoke_access = prepare("DELETE FROM access_tokens WHERE tag = ?1"),
        .revoke_refresh = prepare("DELETE FROM refresh_tokens WHERE tag = ?1"),
        .put_document = prepare("INSERT OR REPLACE INTO documents (kind, key, expires_at, value) "
                                "VALUES (?1, ?2, ?3, ?4)"),
        .put_new =
            prepare("INSERT INTO documents (kind, key, expires_at, value) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (kind, key) DO UPDATE "
                    "SET expires_at = excluded.expires_at, value = excluded.value "
                    "WHERE documents.expires_at > 0 AND documents.expires_at <= ?5"),
        .erase_document =
            prepare("DELETE FROM documents "
                    "WHERE kind = ?1 AND key = ?2 AND (expires_at = 0 OR expires_at > ?3)"),
        .probe = prepare("INSERT OR REPLACE INTO probe (id, written_at) VALUES (1, ?1)"),
    };
    if (prepare.error()) return std::unexpected(*prepare.error());
    return all;
}

DatabaseResult<ReadStatements> ReadStatements::prepare(Database& database) {
    Preparation prepare(database);
    ReadStatements all{
        .database = &database,
        .begin = prepare("BEGIN"),
        .commit = prepare("COMMIT"),
        .access_family =
            prepare("SELECT digest, client_id, username, scope, resource, issued_at, expires_at, 0 "
                    "FROM access_tokens WHERE tag = ?1 AND expires_at > ?2"),
        .refresh_family =
            prepare("SELECT digest, client_id, username, scope, resource, issued_at, expires_at, "
                    "rotated_at FROM refresh_tokens WHERE tag = ?1 AND expires_at > ?2"),
        .access_part =
            prepare("SELECT tag, client_id, username, scope, resource, issued_at, expires_at "
                    "FROM access_tokens WHERE tag BETWEEN ?1 AND ?2 AND expires_at > ?3"),
        .refresh_part =
            prepare("SELECT tag, client_id, username, scope, resource, issued_at, expires_at "
                    "FROM refresh_tokens WHERE tag BETWEEN ?1 AND ?2 AND expires_at > ?3"),
        .get_document =
            prepare("SELECT value FROM documents "
                    "WHERE kind = ?1 AND key = ?2 AND (expires_at = 0 OR expires_at > ?3)"),
        .list_documents =
            prepare("SELECT key, value FROM documents "
                    "WHERE kind = ?1 AND key > ?2 AND (expires_at = 0 OR expires_at > ?3) "
                    "ORDER BY key LIMIT ?4"),
    };
    if (prepare.error()) return std::unexpected(*prepare.error());
    return all;
}

}  // namespace sluice::storage::sqlite
