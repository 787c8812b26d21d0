#include "storage/postgres/statements.h"

#include <fmt/format.h>

#include <array>

#include "storage/store.h"

namespace sluice::storage::postgres {
namespace {

// New tokens are parameters $1 to $16 of every statement that adds some; see new_tokens.h. One
// grant comes as scalars, many as arrays.

constexpr std::string_view one_grant =
    "t AS MATERIALIZED (SELECT $1::bigint AS tag, $2::bytea AS access_digest, "
    "$3::text AS client_id, $4::text AS username, $5::text AS access_scope, "
    "$6::text AS access_resource, $7::bigint AS access_issued_at, $8::bigint AS access_expires_at, "
    "$9::bytea AS refresh_digest, $10::text AS grant_scope, $11::text AS grant_resource, "
    "$12::bigint AS refresh_issued_at, $13::bigint AS refresh_expires_at, $14::bigint AS now, "
    "$15::text AS access_text, $16::text AS refresh_text)";

constexpr std::string_view many_grants =
    "t AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], "
    "$5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bytea[], $10::text[], $11::text[], "
    "$12::bigint[], $13::bigint[], $15::text[], $16::text[]) AS t(tag, access_digest, client_id, "
    "username, access_scope, access_resource, access_issued_at, access_expires_at, "
    "refresh_digest, grant_scope, grant_resource, refresh_issued_at, refresh_expires_at, "
    "access_text, refresh_text))";

std::string insert_plain(const PlainTable& table, std::string_view kind, std::string_view scope) {
    return fmt::format(
        "INSERT INTO {0} (token, client_id, scopes, resource, expires_at, created_at, user_id) "
        "SELECT u.{1}_text, u.client_id, {2}, nullif(u.{3}_resource, ''), {4}, {5}, "
        "nullif(u.username, '') FROM u WHERE u.{1}_digest IS NOT NULL ON CONFLICT DO NOTHING",
        table.name, kind, table.write_scopes(fmt::format("u.{}_scope", scope)), scope,
        PlainTable::write_time(table.expires_at, fmt::format("u.{}_expires_at", kind)),
        PlainTable::write_time(table.created_at, fmt::format("u.{}_issued_at", kind)));
}

/// CTEs that insert the rows of the CTE `u`, which has the columns of `t`.
std::string insert_tokens(const std::optional<PlainTables>& plain) {
    std::string sql =
        "a AS (INSERT INTO sluice_access_tokens (tag, digest, client_id, username, scope, "
        "resource, issued_at, expires_at) SELECT tag, access_digest, client_id, username, "
        "access_scope, access_resource, access_issued_at, access_expires_at FROM u "
        "ON CONFLICT DO NOTHING), "
        "r AS (INSERT INTO sluice_refresh_tokens (tag, digest, client_id, username, scope, "
        "resource, issued_at, expires_at, rotated_at) SELECT tag, refresh_digest, client_id, "
        "username, grant_scope, grant_resource, refresh_issued_at, refresh_expires_at, 0 FROM u "
        "WHERE refresh_digest IS NOT NULL ON CONFLICT DO NOTHING)";
    if (plain) {
        sql +=
            fmt::format(", pa AS ({}), pr AS ({})", insert_plain(plain->access, "access", "access"),
                        insert_plain(plain->refresh, "refresh", "grant"));
    }
    return sql;
}

std::string grants(const std::optional<PlainTables>& plain) {
    // What has been inserted before is no other grant: to try once more is harmless.
    return fmt::format(
        "WITH {}, u AS MATERIALIZED (SELECT * FROM t WHERE NOT EXISTS (SELECT FROM "
        "sluice_access_tokens x WHERE x.tag = t.tag AND x.expires_at > $14::bigint "
        "AND x.digest <> t.access_digest) AND NOT EXISTS (SELECT FROM sluice_refresh_tokens x "
        "WHERE x.tag = t.tag AND x.expires_at > $14::bigint "
        "AND x.digest IS DISTINCT FROM t.refresh_digest)), {} SELECT count(*) FROM u",
        many_grants, insert_tokens(plain));
}

std::string redeem(const std::optional<PlainTables>& plain) {
    return fmt::format(
        "WITH {}, gone AS (DELETE FROM sluice_documents WHERE kind = $17::bigint "
        "AND key = $18::text AND expires_at > $23::timestamptz "
        "AND NOT EXISTS (SELECT FROM sluice_access_tokens x WHERE x.tag = $1::bigint "
        "AND x.expires_at > $14::bigint) AND NOT EXISTS (SELECT FROM sluice_refresh_tokens x "
        "WHERE x.tag = $1::bigint AND x.expires_at > $14::bigint) RETURNING 1), "
        "put AS (INSERT INTO sluice_documents (kind, key, value, expires_at) "
        "SELECT $19::bigint, $20::text, $21::text, $22::timestamptz FROM gone "
        "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, "
        "expires_at = excluded.expires_at), "
        "u AS MATERIALIZED (SELECT t.* FROM t, gone), {} SELECT count(*) FROM u",
        one_grant, insert_tokens(plain));
}

/// A CTE that makes room for one more access token.
std::string worn(const std::optional<PlainTables>& plain) {
    std::string sql = fmt::format(
        "worn AS (DELETE FROM sluice_access_tokens x USING (SELECT w.digest, w.expires_at "
        "FROM sluice_access_tokens w WHERE w.tag = $1::bigint ORDER BY w.issued_at DESC "
        "OFFSET {}) w WHERE x.tag = $1::bigint AND x.digest = w.digest "
        "AND x.expires_at = w.expires_at AND EXISTS (SELECT FROM u) RETURNING x.digest)",
        access_tokens_max - 1);
    if (!plain) return sql;
    return sql + fmt::format(
                     ", worn_plain AS (DELETE FROM {} p WHERE sluice_token_tag(p.token) = "
                     "$1::bigint AND sha256(convert_to(p.token, 'UTF8')) IN "
                     "(SELECT digest FROM worn))",
                     plain->access.name);
}

std::string rotate(const std::optional<PlainTables>& plain) {
    std::string foreign;
    std::string condition = "EXISTS (SELECT FROM was)";
    if (plain) {
        // The text goes from the plain table whoever wrote it. Where only that table knew it, it
        // is remembered among ours as replaced, so that a replay is seen.
        foreign = fmt::format(
            "gone AS (DELETE FROM {0} p WHERE p.token = $20::text AND {1} > $14::bigint "
            "RETURNING {2} AS issued_at, {1} AS expires_at), "
            "f AS (INSERT INTO sluice_refresh_tokens (tag, digest, client_id, username, scope, "
            "resource, issued_at, expires_at, rotated_at) SELECT t.tag, $17::bytea, t.client_id, "
            "t.username, t.grant_scope, t.grant_resource, gone.issued_at, gone.expires_at, "
            "$18::bigint FROM t, gone WHERE NOT EXISTS (SELECT FROM was) ON CONFLICT DO NOTHING), ",
            plain->refresh.name, plain->refresh.read_expires_at("p"),
            plain->refresh.read_created_at("p"));
        condition += " OR EXISTS (SELECT FROM gone)";
    }
    return fmt::format(
        "WITH {}, was AS (UPDATE sluice_refresh_tokens SET rotated_at = $18::bigint "
        "WHERE tag = $1::bigint AND digest = $17::bytea AND rotated_at = 0 "
        "AND expires_at > $14::bigint RETURNING 1), "
        "forgotten AS (DELETE FROM sluice_refresh_tokens WHERE tag = $1::bigint "
        "AND rotated_at <> 0 AND rotated_at < $19::bigint AND digest <> $17::bytea "
        "AND EXISTS (SELECT FROM was)), {}"
        "u AS MATERIALIZED (SELECT * FROM t WHERE {}), {}, {} SELECT count(*) FROM u",
        one_grant, foreign, condition, worn(plain), insert_tokens(plain));
}

std::string add_access(const std::optional<PlainTables>& plain) {
    std::string foreign;
    if (plain) {
        foreign = fmt::format(
            " OR EXISTS (SELECT FROM {} p WHERE sluice_token_tag(p.token) = t.tag "
            "AND {} > $14::bigint)",
            plain->refresh.name, plain->refresh.read_expires_at("p"));
    }
    return fmt::format(
        "WITH {}, u AS MATERIALIZED (SELECT * FROM t WHERE EXISTS (SELECT FROM "
        "sluice_refresh_tokens x WHERE x.tag = t.tag AND x.expires_at > $14::bigint) "
        "OR EXISTS (SELECT FROM sluice_access_tokens x WHERE x.tag = t.tag "
        "AND x.expires_at > $14::bigint){}), {}, {} SELECT count(*) FROM u",
        one_grant, foreign, worn(plain), insert_tokens(plain));
}

std::string revoke(const std::optional<PlainTables>& plain) {
    std::string sql =
        "WITH a AS (DELETE FROM sluice_access_tokens WHERE tag = $1::bigint), "
        "r AS (DELETE FROM sluice_refresh_tokens WHERE tag = $1::bigint), ";
    if (plain) {
        for (const PlainTable* table : {&plain->access, &plain->refresh}) {
            sql += fmt::format(
                "p_{0} AS (DELETE FROM {0} WHERE sluice_token_tag(token) = $1::bigint), ",
                table->name);
        }
    }
    return sql +
           "v AS (INSERT INTO sluice_revocations (tag) VALUES ($1::bigint)) "
           "SELECT pg_notify('sluice_revoked', $1::bigint::text)";
}

constexpr std::string_view load_ours =
    "SELECT 0::bigint, digest, client_id, username, scope, resource, issued_at, expires_at, "
    "0::bigint FROM sluice_access_tokens WHERE tag = $1::bigint AND expires_at > $2::bigint "
    "UNION ALL SELECT 1, digest, client_id, username, scope, resource, issued_at, expires_at, "
    "rotated_at FROM sluice_refresh_tokens WHERE tag = $1::bigint AND expires_at > $2::bigint";

std::string load_foreign(const PlainTables& plain) {
    std::string sql(load_ours);
    for (const PlainTable* table : {&plain.access, &plain.refresh}) {
        sql += fmt::format(
            " UNION ALL SELECT {0}, sha256(convert_to(p.token, 'UTF8')), p.client_id, "
            "coalesce(p.user_id, ''), {1}, coalesce(p.resource, ''), {2}, {3}, 0 FROM {4} p "
            "WHERE p.token = $3::text AND {3} > $2::bigint",
            table == &plain.access ? 0 : 1, table->read_scopes("p"), table->read_created_at("p"),
            table->read_expires_at("p"), table->name);
    }
    return sql;
}

std::string find_grants(const std::optional<PlainTables>& plain) {
    constexpr std::string_view wanted =
        "($4::text IS NULL OR client_id = $4::text) AND ($5::text IS NULL OR username = $5::text) "
        "AND ($6::text IS NULL OR resource = $6::text)";
    std::string sql;
    for (const bool is_refresh : {false, true}) {
        sql += fmt::format(
            "{0}SELECT {1}::bigint, ''::bytea, client_id, username, scope, resource, issued_at, "
            "expires_at, 0::bigint, tag FROM sluice_{2}_tokens "
            "WHERE tag BETWEEN $1::bigint AND $2::bigint AND expires_at > $3::bigint AND {3}",
            is_refresh ? " UNION ALL " : "", is_refresh ? 1 : 0, is_refresh ? "refresh" : "access",
            wanted);
    }
    if (!plain) return sql;
    for (const PlainTable* table : {&plain->access, &plain->refresh}) {
        sql += fmt::format(
            " UNION ALL SELECT * FROM (SELECT {0}::bigint, ''::bytea, p.client_id, "
            "coalesce(p.user_id, '') AS username, {1}, coalesce(p.resource, '') AS resource, {2}, "
            "{3} AS expires_at, 0::bigint, sluice_token_tag(p.token) AS tag FROM {4} p) p "
            "WHERE tag BETWEEN $1::bigint AND $2::bigint AND expires_at > $3::bigint AND {5}",
            table == &plain->access ? 0 : 1, table->read_scopes("p"), table->read_created_at("p"),
            table->read_expires_at("p"), table->name, wanted);
    }
    return sql;
}

constexpr std::string_view put =
    "INSERT INTO sluice_documents AS d (kind, key, value, expires_at) "
    "VALUES ($1::bigint, $2::text, $3::text, $4::timestamptz) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, "
    "expires_at = excluded.expires_at";

}  // namespace

const char* name_of(Statement statement) {
    static constexpr std::array names = {
        "sluice_lock",    "sluice_try_locks",   "sluice_grants", "sluice_redeem",
        "sluice_rotate",  "sluice_add_access",  "sluice_revoke", "sluice_load",
        "sluice_foreign", "sluice_find_grants", "sluice_put",    "sluice_put_new",
        "sluice_get",     "sluice_erase",       "sluice_list"};
    static_assert(names.size() == static_cast<std::size_t>(Statement::count_));
    return names[static_cast<std::size_t>(statement)];
}

std::vector<PreparedStatement> statements(const std::optional<PlainTables>& plain) {
    const std::string with_end = std::string(put);
    std::vector<PreparedStatement> all = {
        {Statement::lock_family, "SELECT pg_advisory_xact_lock($1::bigint)"},
        {Statement::try_locks,
         "SELECT 1 / bool_and(pg_try_advisory_xact_lock(tag))::int FROM unnest($1::bigint[]) tag"},
        {Statement::grants, grants(plain)},
        {Statement::redeem, redeem(plain)},
        {Statement::rotate, rotate(plain)},
        {Statement::add_access, add_access(plain)},
        {Statement::revoke, revoke(plain)},
        {Statement::load, std::string(load_ours)},
        {Statement::find_grants, find_grants(plain)},
        {Statement::put, with_end + " RETURNING 1"},
        {Statement::put_new, with_end + " WHERE d.expires_at <= $5::timestamptz RETURNING 1"},
        {Statement::get,
         "SELECT value FROM sluice_documents WHERE kind = $1::bigint AND key = $2::text "
         "AND expires_at > $3::timestamptz"},
        {Statement::erase,
         "WITH gone AS (DELETE FROM sluice_documents WHERE kind = $1::bigint AND key = $2::text "
         "RETURNING expires_at) SELECT 1 FROM gone WHERE expires_at > $3::timestamptz"},
        {Statement::list,
         "SELECT key, value FROM sluice_documents WHERE kind = $1::bigint AND key > $2::text "
         "AND expires_at > $3::timestamptz ORDER BY key LIMIT $4::bigint"},
    };
    if (plain) all.push_back({Statement::load_foreign, load_foreign(*plain)});
    return all;
}

}  // namespace sluice::storage::postgres
