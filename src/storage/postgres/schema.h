// Schema check: whether the database looks as the statements expect.
#pragma once

#include <expected>
#include <string>

#include "storage/postgres/blocking_connection.h"

namespace sluice::storage::postgres {

/// Compares the applied migrations and every column with what this program needs. The error names
/// each difference, column by column, and what to do.
std::expected<void, std::string> check_schema(BlockingConnection& connection, bool plain);

}  // namespace sluice::storage::postgres
