#include "storage/postgres/partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/result.h"

namespace sluice::storage::postgres {
namespace {

template <class T = void>
using Result = std::expected<T, std::string>;

// What boxes whose clocks go after the database's may still look at.
constexpr std::int64_t kept_after_end = 60;

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Result<std::vector<Partition>> find_standing(BlockingConnection& connection,
                                             std::string_view table) {
    TRY(const ResultPtr rows,
        connection.execute(
            "SELECT p[1], p[2] FROM (SELECT regexp_match(c.relname, '_([0-9]+)_([0-9]+)$') AS p "
            "FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = $1::regclass) s WHERE p IS NOT NULL ORDER BY p[1]::bigint",
            {table}));
    std::vector<Partition> standing;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
        standing.push_back(
            {number(PQgetvalue(rows.get(), row, 0)), number(PQgetvalue(rows.get(), row, 1))});
    }
    return standing;
}

Result<> add(BlockingConnection& connection, std::string_view table, Partition partition) {
    // Nobody writes meanwhile; what the default partition holds of its range moves into it.
    auto added = connection.execute(fmt::format(
        "BEGIN; SET LOCAL lock_timeout = '2s'; LOCK TABLE {0} IN SHARE ROW EXCLUSIVE MODE; "
        "CREATE TABLE {0}_{1}_{2} (LIKE {0} INCLUDING ALL); "
        "WITH moved AS (DELETE FROM {0}_default WHERE expires_at >= {1} AND expires_at < {2} "
        "RETURNING *) INSERT INTO {0}_{1}_{2} SELECT * FROM moved; "
        "ALTER TABLE {0} ATTACH PARTITION {0}_{1}_{2} FOR VALUES FROM ({1}) TO ({2}); COMMIT",
        table, partition.from, partition.to));
    if (!added) return failure(std::move(added).error());
    return {};
}

Result<> drop(BlockingConnection& connection, std::string_view table, Partition partition) {
    // Whoever waits behind this for the table waits briefly; the next minute brings another try.
    auto dropped = connection.execute(
        fmt::format("BEGIN; SET LOCAL lock_timeout = '500ms'; DROP TABLE {}_{}_{}; COMMIT", table,
                    partition.from, partition.to));
    if (!dropped) return failure(std::move(dropped).error());
    return {};
}

}  // namespace

std::vector<Partition> partitions_to_add(const std::vector<Partition>& standing, std::int64_t now,
                                         std::int64_t until, std::int64_t width) {
    std::vector<Partition> lacking;
    CHECK(width > 0);
    const auto fill = [&](std::int64_t from, std::int64_t to) {
        while (from < to) {
            const std::int64_t end = std::min(to, (from / width + 1) * width);
            lacking.push_back({from, end});
            from = end;
        }
    };
    std::int64_t covered = now / width * width;
    for (const Partition& partition : standing) {
        if (partition.to <= covered) continue;
        if (partition.from > covered) fill(covered, partition.from);
        covered = std::max(covered, partition.to);
    }
    fill(covered, (until + width - 1) / width * width);
    return lacking;
}

Result<> keep_partitions(BlockingConnection& connection, const PartitionPlan& plan) {
    TRY(const ResultPtr clock,
        connection.execute("SELECT extract(epoch FROM clock_timestamp())::bigint"));
    const std::int64_t now = number(PQgetvalue(clock.get(), 0, 0));
    TRY(const std::vector<Partition> standing, find_standing(connection, plan.table));
    for (const Partition& partition :
         partitions_to_add(standing, now, now + plan.ahead, plan.width)) {
        REQUIRE(add(connection, plan.table, partition));
    }
    for (const Partition& partition : standing) {
        if (partition.to + kept_after_end <= now) {
            REQUIRE(drop(connection, plan.table, partition));
        }
    }
    return {};
}

}  // namespace sluice::storage::postgres
