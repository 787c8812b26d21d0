// Schema migrations, numbered: what is pending, and doing it.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "storage/postgres/blocking_connection.h"

namespace sluice::storage::postgres {

/// One file of migrations/: NNNN_name.sql. Never changed once it was released.
struct Migration {
    std::uint32_t version;
    std::string_view name;
    std::string_view sql;
    bool plain;  // only where tokens are kept in plain too
};

/// All, by version.
std::span<const Migration> all_migrations();

/// As the command line shows them.
struct MigrationStep {
    std::string name;  // NNNN_name
    std::string sql;
};

struct MigrationOptions {
    Secret url;
    bool plain_tokens = false;
    bool dry_run = false;        // say what would be done
    std::uint32_t up_to = 9999;  // the last version to bring it to
};

/// Brings the schema up to date, each migration in a transaction of its own, while other boxes that
/// try the same wait. Blocks. Gives what was done, or would be; errors say what to do, and what
/// came before has been done then.
std::expected<std::vector<MigrationStep>, std::string> migrate(const MigrationOptions& options);

/// The names of those that are still to be applied. An error where an applied one was another.
std::expected<std::vector<std::string>, std::string> pending_migrations(
    BlockingConnection& connection, bool plain);

}  // namespace sluice::storage::postgres
