// Maintenance job, every minute on one box for all: partitions, and what has expired.
#pragma once

#include <expected>
#include <string>

#include "storage/postgres/blocking_connection.h"
#include "storage/postgres/postgres_settings.h"

namespace sluice::storage::postgres {

/// Does nothing where another session is at it.
std::expected<void, std::string> clean_up_with(BlockingConnection& connection,
                                               const PostgresSettings& settings);

}  // namespace sluice::storage::postgres
