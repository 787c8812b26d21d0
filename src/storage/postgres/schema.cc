#include "storage/postgres/schema.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>
#include <string_view>

#include "base/result.h"
#include "storage/postgres/migrations.h"

namespace sluice::storage::postgres {
namespace {

struct Column {
    std::string_view table;
    std::string_view name;
    std::string_view type;
};

constexpr std::array expected_columns = {
    Column{"sluice_access_tokens", "tag", "bigint"},
    Column{"sluice_access_tokens", "digest", "bytea"},
    Column{"sluice_access_tokens", "client_id", "text"},
    Column{"sluice_access_tokens", "username", "text"},
    Column{"sluice_access_tokens", "scope", "text"},
    Column{"sluice_access_tokens", "resource", "text"},
    Column{"sluice_access_tokens", "issued_at", "bigint"},
    Column{"sluice_access_tokens", "expires_at", "bigint"},
    Column{"sluice_refresh_tokens", "tag", "bigint"},
    Column{"sluice_refresh_tokens", "digest", "bytea"},
    Column{"sluice_refresh_tokens", "client_id", "text"},
    Column{"sluice_refresh_tokens", "username", "text"},
    Column{"sluice_refresh_tokens", "scope", "text"},
    Column{"sluice_refresh_tokens", "resource", "text"},
    Column{"sluice_refresh_tokens", "issued_at", "bigint"},
    Column{"sluice_refresh_tokens", "expires_at", "bigint"},
    Column{"sluice_refresh_tokens", "rotated_at", "bigint"},
    Column{"sluice_documents", "kind", "smallint"},
    Column{"sluice_documents", "key", "text"},
    Column{"sluice_documents", "value", "text"},
    Column{"sluice_documents", "expires_at", "timestamp with time zone"},
    Column{"sluice_revocations", "id", "bigint"},
    Column{"sluice_revocations", "tag", "bigint"},
    Column{"sluice_revocations", "transaction", "bigint"},
    Column{"sluice_revocations", "revoked_at", "timestamp with time zone"},
};

struct Found {
    std::string type;
    bool demands_value;  // NOT NULL, and no default
};

using FoundColumns = std::map<std::string, Found, std::less<>>;

std::expected<FoundColumns, std::string> find_columns(BlockingConnection& connection) {
    std::string tables;
    std::set<std::string_view> named;
    for (const Column& column : expected_columns) {
        if (!named.insert(column.table).second) continue;
        tables += fmt::format("{}to_regclass('{}')", tables.empty() ? "" : ", ", column.table);
    }
    TRY(const ResultPtr rows,
        connection.execute(fmt::format(
            "SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), "
            "a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid IN ({}) "
            "AND a.attnum > 0 AND NOT a.attisdropped",
            tables)));
    FoundColumns found;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
        found.emplace(
            PQgetvalue(rows.get(), row, 0),
            Found{PQgetvalue(rows.get(), row, 1), *PQgetvalue(rows.get(), row, 2) == 't'});
    }
    return found;
}

std::string differences(FoundColumns found) {
    std::string differences;
    for (const Column& column : expected_columns) {
        const std::string name = fmt::format("{}.{}", column.table, column.name);
        const auto there = found.find(name);
        if (there == found.end()) {
            differences += fmt::format("{} is missing; ", name);
        } else if (there->second.type != column.type) {
            differences += fmt::format("{} is {}, not {}; ", name, there->second.type, column.type);
        }
        if (there != found.end()) found.erase(there);
    }
    for (const auto& [name, column] : found) {
        if (column.demands_value) {
            differences += fmt::format("{} is unknown and demands a value; ", name);
        }
    }
    return differences;
}

/// Partitions are made and dropped as the program runs, which is for owners alone.
std::expected<void, std::string> check_ownership(BlockingConnection& connection) {
    TRY(const ResultPtr rows,
        connection.execute("SELECT string_agg(relname, ', ') FROM pg_class WHERE oid IN "
                           "(to_regclass('sluice_access_tokens'), "
                           "to_regclass('sluice_refresh_tokens')) "
                           "AND NOT (pg_has_role(relowner, 'USAGE') "
                           "AND has_schema_privilege(relnamespace, 'CREATE'))"));
    if (PQgetisnull(rows.get(), 0, 0) == 1) return {};
    return failure(
        fmt::format("the role {} cannot keep the partitions of {}: make it their owner, "
                    "and let it create tables in their schema",
                    PQuser(connection.native()), PQgetvalue(rows.get(), 0, 0)));
}

}  // namespace

std::expected<void, std::string> check_schema(BlockingConnection& connection, bool plain) {
    TRY(const std::vector<std::string> pending, pending_migrations(connection, plain));
    if (!pending.empty()) {
        return failure(fmt::format("the schema lacks {}: run `sluice migrate --config FILE`",
                                   fmt::join(pending, ", ")));
    }
    TRY(FoundColumns found, find_columns(connection));
    const std::string drift = differences(std::move(found));
    if (drift.empty()) return check_ownership(connection);
    return failure("the schema is not as this program expects: " +
                   drift.substr(0, drift.size() - 2));
}

}  // namespace sluice::storage::postgres
