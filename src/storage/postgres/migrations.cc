#include "storage/postgres/migrations.h"

#include <fmt/format.h>

#include <map>

#include "base/result.h"
#include "crypto/digest.h"

namespace sluice::storage::postgres {
namespace {

template <class T = void>
using Result = std::expected<T, std::string>;

// Held while the schema changes; an arbitrary number that other programs hardly use.
constexpr std::string_view migration_lock = "7310579611400";

std::string name_of(const Migration& migration) {
    return fmt::format("{:04}_{}", migration.version, migration.name);
}

std::string checksum_of(const Migration& migration) {
    std::string hex;
    for (const std::byte byte : crypto::sha256(migration.sql)) {
        hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    }
    return hex;
}

Result<std::vector<const Migration*>> find_pending(BlockingConnection& connection, bool plain) {
    TRY(const ResultPtr table,
        connection.execute("SELECT to_regclass('sluice_migrations') IS NOT NULL"));
    std::map<std::string, std::string> applied;
    if (*PQgetvalue(table.get(), 0, 0) == 't') {
        TRY(const ResultPtr rows,
            connection.execute("SELECT version, checksum FROM sluice_migrations"));
        for (int row = 0; row < PQntuples(rows.get()); ++row) {
            applied.emplace(PQgetvalue(rows.get(), row, 0), PQgetvalue(rows.get(), row, 1));
        }
    }
    std::vector<const Migration*> pending;
    for (const Migration& migration : all_migrations()) {
        const auto done = applied.find(std::to_string(migration.version));
        if (done == applied.end()) {
            if (!migration.plain || plain) pending.push_back(&migration);
        } else if (done->second != checksum_of(migration)) {
            return failure(fmt::format(
                "migration {} was applied with other contents than this program's: the database "
                "was migrated by another build of Sluice",
                name_of(migration)));
        }
    }
    return pending;
}

Result<> apply(BlockingConnection& connection, const Migration& migration) {
    const std::string record = fmt::format(
        "INSERT INTO sluice_migrations (version, name, checksum) VALUES ({}, '{}', '{}')",
        migration.version, migration.name, checksum_of(migration));
    auto done = connection.execute(fmt::format("BEGIN; {}\n; {}; COMMIT", migration.sql, record));
    if (!done) {
        return failure(fmt::format("migration {} failed and was undone: {}", name_of(migration),
                                   done.error()));
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> pending_migrations(BlockingConnection& connection, bool plain) {
    TRY(const std::vector<const Migration*> pending, find_pending(connection, plain));
    std::vector<std::string> names;
    for (const Migration* migration : pending) names.push_back(name_of(*migration));
    return names;
}

Result<std::vector<MigrationStep>> migrate(const MigrationOptions& options) {
    // A large table takes as long as it takes.
    TRY(BlockingConnection connection,
        BlockingConnection::open({.url = options.url, .statement_timeout = std::chrono::hours{6}}));
    REQUIRE(connection.execute("SET client_min_messages = error; SET statement_timeout = 0"));
    if (!options.dry_run) {
        REQUIRE(connection.execute(fmt::format("SELECT pg_advisory_lock({})", migration_lock)));
    }
    TRY(const std::vector<const Migration*> pending,
        find_pending(connection, options.plain_tokens));
    std::vector<MigrationStep> steps;
    for (const Migration* migration : pending) {
        if (migration->version > options.up_to && !migration->plain) continue;
        if (!options.dry_run) REQUIRE(apply(connection, *migration));
        steps.push_back({name_of(*migration), std::string(migration->sql)});
    }
    return steps;
}

}  // namespace sluice::storage::postgres
