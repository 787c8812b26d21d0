// What an operator may set, and how every connection of the engine is set up.
#pragma once

#include <cstddef>
#include <string>

#include "storage/sqlite/database.h"

namespace sluice::storage {

struct SqliteSettings {
    std::string path;  // of the database; its directory has to be there
    // Writes, and reads, that may wait; one more is refused as overloaded.
    std::size_t waiting_max = 16384;
    // A tool beside a running server: takes no lock of the whole file and removes nothing expired.
    bool is_tool = false;
};

namespace sqlite {

// How long another process, say a tool that adds a user, may hold the write lock.
inline constexpr int busy_timeout_ms = 5000;
// How long a reader may keep the writer from starting its log anew, at a time.
inline constexpr int restart_patience_ms = 20;

/// Durable commits into the write-ahead log; checkpoints are the checkpoint thread's affair.
DatabaseResult<> configure_connection(Database& database);

/// Whether closing the last connection moves the log into the database. configure_connection()
/// says no.
void set_checkpoint_at_close(Database& database, bool wanted);

}  // namespace sqlite

}  // namespace sluice::storage
