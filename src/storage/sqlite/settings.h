// SQLite settings and pragmas: what an operator may set, and how connections are set up.
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

// Memory for pages, per connection, at most. The writer's holds the inner pages of the tables, and
// with them most of the pages that are written again soon; a reader's is worth nothing after the
// next write.
inline constexpr int writer_cache_kib = 65536;
inline constexpr int reader_cache_kib = 8192;
inline constexpr int other_cache_kib = 2048;

/// A connection for one of the engine's threads: durable commits into the write-ahead log, whose
/// checkpoints are the checkpoint thread's affair.
std::expected<Database, std::string> open_connection(const std::string& path, int cache_kib);

/// Whether closing the last connection moves the log into the database. open_connection() says no.
void set_checkpoint_at_close(Database& database, bool wanted);

}  // namespace sqlite

}  // namespace sluice::storage
