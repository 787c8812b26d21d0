// Database open and crash recovery: created, locked, looked over, upgraded.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "storage/sqlite/files.h"
#include "storage/sqlite/settings.h"

namespace sluice::storage::sqlite {

struct Opened {
    std::optional<FileLock> lock;      // nothing for a tool beside a running server
    bool was_checked_whole = false;    // else the rest is for a background check
    std::vector<std::string> notices;  // what an operator may want to know
};

/// Errors say what is wrong, with which file, and what to do.
std::expected<Opened, std::string> open_file(const SqliteSettings& settings);

/// Looks at every page and row that a table or its tree can reach. Nothing: all is well. progress
/// Where not null, asked some times a second; true ends the check, which then found nothing.
std::optional<DatabaseError> check_tables(Database& database,
                                          bool (*wants_to_stop)(void*) = nullptr,
                                          void* argument = nullptr);

// Of restore(). While there is no database but one of these, its restoring was cut off.
inline std::string draft_of_restore(const std::string& path) {
    return path + ".restoring";
}
inline std::string aside_of_restore(const std::string& path) {
    return path + ".before-restore";
}

/// What to do about a database that is damaged.
std::string explain_damage(const std::string& path, const std::string& what);

}  // namespace sluice::storage::sqlite
