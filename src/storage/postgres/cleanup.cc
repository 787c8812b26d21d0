#include "storage/postgres/cleanup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/result.h"
#include "storage/postgres/partitions.h"

namespace sluice::storage::postgres {
namespace {

template <class T = void>
using Result = std::expected<T, std::string>;

constexpr std::string_view cleanup_lock = "7310579611401";  // an arbitrary number, ours alone
constexpr int rows_at_once = 1000;
constexpr int rounds_max = 100;  // what is left after that is done in a minute

std::int64_t in_seconds(Duration duration) {
    return std::chrono::ceil<Seconds>(duration).count();
}

/// Deletes in steps that are each a short transaction of their own.
Result<> delete_where(BlockingConnection& connection, std::string_view table,
                      std::string_view condition) {
    for (int round = 0; round < rounds_max; ++round) {
        TRY(const ResultPtr done,
            connection.execute(fmt::format("DELETE FROM {0} WHERE ctid IN (SELECT ctid FROM {0} "
                                           "WHERE {1} LIMIT {2} FOR UPDATE SKIP LOCKED)",
                                           table, condition, rows_at_once)));
        if (std::atoi(PQcmdTuples(done.get())) < rows_at_once) break;
    }
    return {};
}

Result<> clean_up_locked(BlockingConnection& connection, const PostgresSettings& settings) {
    const std::int64_t access = in_seconds(settings.access_token_ttl);
    const std::int64_t refresh = in_seconds(settings.refresh_token_ttl);
    constexpr std::int64_t width_min = 600;
    const std::int64_t access_width = std::max(width_min, access / 2);
    const std::int64_t refresh_width = std::max(width_min, refresh / 6);
    REQUIRE(
        keep_partitions(connection, {"sluice_access_tokens", access_width, access + access_width}));
    REQUIRE(keep_partitions(connection,
                            {"sluice_refresh_tokens", refresh_width, refresh + refresh_width}));
    for (const char* table : {"sluice_access_tokens_default", "sluice_refresh_tokens_default"}) {
        REQUIRE(
            delete_where(connection, table, "expires_at < extract(epoch FROM now())::bigint - 60"));
    }
    REQUIRE(delete_where(connection, "sluice_documents",
                         "expires_at < now() - interval '60 s' AND expires_at < 'infinity'"));
    // Longer than any box believes what it has in memory.
    const std::int64_t kept =
        in_seconds(std::max(settings.revocations_kept, 4 * settings.staleness_max));
    return delete_where(connection, "sluice_revocations",
                        fmt::format("revoked_at < now() - interval '{} s'", kept));
}

}  // namespace

Result<> clean_up_with(BlockingConnection& connection, const PostgresSettings& settings) {
    TRY(const ResultPtr lock,
        connection.execute(fmt::format("SELECT pg_try_advisory_lock({})", cleanup_lock)));
    if (*PQgetvalue(lock.get(), 0, 0) != 't') return {};
    return clean_up_locked(connection, settings);  // the lock ends with the connection
}

}  // namespace sluice::storage::postgres
