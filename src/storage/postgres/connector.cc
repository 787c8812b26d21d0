#include "storage/postgres/connector.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result.h"
#include "storage/postgres/cleanup.h"
#include "storage/postgres/schema.h"
#include "storage/postgres/statements.h"

namespace sluice::storage::postgres {
namespace {

std::int64_t in_milliseconds(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

/// What a session needs, whatever the server's or the role's defaults are. Plans are made once,
/// for tables of any size: by index, since a plan made while a table was empty would read it whole.
std::string session_settings(Duration statement_timeout, bool plain) {
    const std::int64_t timeout = in_milliseconds(statement_timeout);
    return fmt::format(
        "SET statement_timeout = {0}; SET lock_timeout = {0}; "
        "SET idle_in_transaction_session_timeout = {1}; "
        "SET default_transaction_isolation = 'read committed'; "
        "SET default_transaction_read_only = off; "
        "SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_seqscan = off; "
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET client_min_messages = error; "
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'; {2}",
        timeout, 2 * timeout, plain ? "SET sluice.writer = 'on';" : "");
}

}  // namespace

std::expected<BlockingConnection, std::string> Connector::open(Duration statement_timeout) const {
    // Setting up is a part of connecting, however soon a call has to be over later.
    TRY(BlockingConnection connection,
        BlockingConnection::open(
            {.url = settings_.url,
             .connect_timeout = settings_.connect_timeout,
             .statement_timeout = std::max(statement_timeout, settings_.connect_timeout),
             .stopping = &stopping_}));
    // The client's deadline is the first to pass; the server's ends what nobody waits for.
    REQUIRE(connection.execute(session_settings(statement_timeout + std::chrono::milliseconds{500},
                                                settings_.plain_tokens)));
    return connection;
}

std::expected<ConnectionPtr, std::string> Connector::open_for_calls() const {
    TRY(BlockingConnection connection, open(settings_.statement_timeout));
    REQUIRE(check_schema(connection, settings_.plain_tokens));
    std::optional<PlainTables> plain;
    if (settings_.plain_tokens) {
        TRY(plain, find_plain_tables(connection));
    }
    for (const PreparedStatement& statement : statements(plain)) {
        REQUIRE(connection.prepare(name_of(statement.statement), statement.sql));
    }
    if (PQenterPipelineMode(connection.native()) != 1) {
        return failure(one_line(PQerrorMessage(connection.native())));
    }
    return connection.release();
}

std::expected<ConnectionPtr, std::string> Connector::open_for_feed() const {
    TRY(BlockingConnection connection, open(settings_.statement_timeout));
    // Whose transaction is older than every one that runs has been seen, or never will be: so no
    // revocation is missed, in whatever order they are committed.
    REQUIRE(connection.prepare(
        recheck_revocations,
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, r.tag FROM (SELECT 1) one "
        "LEFT JOIN sluice_revocations r ON r.transaction >= $1::bigint "
        "AND r.revoked_at > clock_timestamp() - make_interval(secs => $2::bigint)"));
    REQUIRE(connection.execute("LISTEN sluice_revoked"));
    return connection.release();
}

std::expected<void, std::string> Connector::clean_up() const {
    // Attaching and dropping wait for locks, briefly; deleting is done in small steps.
    TRY(BlockingConnection connection, open(std::chrono::seconds{30}));
    return clean_up_with(connection, settings_);
}

}  // namespace sluice::storage::postgres
