// Connector: makes connections ready for use, on a thread that may wait.
#pragma once

#include <atomic>
#include <expected>
#include <string>

#include "storage/postgres/blocking_connection.h"
#include "storage/postgres/postgres_settings.h"

namespace sluice::storage::postgres {

/// Used by several threads at once; each function blocks. Errors are for an operator.
class Connector {
public:
    Connector(const PostgresSettings& settings, const std::atomic<bool>& stopping)
        : settings_(settings), stopping_(stopping) {}

    /// For Connection: the schema is as it has to be, everything is prepared, in pipeline mode.
    std::expected<ConnectionPtr, std::string> open_for_calls() const;
    /// For RevocationFeed: listens; `recheck_revocations` is prepared.
    std::expected<ConnectionPtr, std::string> open_for_feed() const;
    /// Makes and drops partitions and deletes what has expired, on a connection of its own. Does
    /// nothing where another box is at it.
    std::expected<void, std::string> clean_up() const;

private:
    std::expected<BlockingConnection, std::string> open(Duration statement_timeout) const;

    const PostgresSettings& settings_;
    const std::atomic<bool>& stopping_;
};

/// $1  Oldest transaction that may not have been seen. $2  Seconds back from now at most. Gives
/// rows of the oldest transaction that runs now, and the tag of a revocation or null.
inline constexpr const char* recheck_revocations = "sluice_recheck";

}  // namespace sluice::storage::postgres
