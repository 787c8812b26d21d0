// Online backup and restore: copies that are whole, made while a server writes to the database,
// checked before they replace it.
#pragma once

#include <expected>
#include <string>

namespace sluice::storage::sqlite {

// All errors say what is wrong, with which file, and what to do. Every function may be called in a
// process of its own while a server has the database open.

/// Writes what is committed by now to a new file at `to`: it is there whole and on the disk, or not
/// at all. Refused where `to` exists.
std::expected<void, std::string> backup(const std::string& path, const std::string& to);

/// Checks the copy at `from` and puts it into the place of the database, which is kept as
/// `path`.before-restore; refused where that exists already, or while a server has the database
/// open. What was cut off halfway is finished by calling it again.
std::expected<void, std::string> restore(const std::string& from, const std::string& path);

/// Reads every page and row. No error: what can be read is what was written.
std::expected<void, std::string> check(const std::string& path);

}  // namespace sluice::storage::sqlite
