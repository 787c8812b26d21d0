// Write-ahead log (WAL) check: whether it is whole, apart from what a crash may leave at its end.
#pragma once

#include <expected>
#include <optional>
#include <string>

namespace sluice::storage::sqlite {

/// SQLite recovers a log up to the first frame that is damaged and forgets what stands behind it
/// without a word. That is right for the end of a transaction that was never acknowledged: the
/// writer waits for every commit, so there is at most one. More behind it means that bytes have
/// changed on the disk.
/// path     Of the log; nobody may be writing to it.
/// Returns  what was found at the log's end, if anything, for the operator's log; an error where
///          the log is damaged.
std::expected<std::optional<std::string>, std::string> check_log(const std::string& path);

}  // namespace sluice::storage::sqlite
