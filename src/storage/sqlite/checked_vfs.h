// Page checksums (SQLite VFS): bytes that have changed on the disk are noticed and never taken for
// what was written.
#pragma once

#include <cstddef>
#include <span>

namespace sluice::storage::sqlite {

inline constexpr std::size_t page_bytes = 4096;
inline constexpr int checksum_bytes = 8;  // at the end of each page; SQLite leaves them alone

/// The name for sqlite3_open_v2() of files that wrap those of SQLite's default VFS. Reading a page
/// whose checksum is wrong gives SQLITE_IOERR_DATA. The write-ahead log has checksums of SQLite's
/// own, which it verifies when it recovers. For any thread.
const char* checked_vfs();

/// Registers the same above another VFS, for tests that inject faults. name  Lives for ever.
void register_checked_vfs(const char* name, const char* below);

/// Whether a whole page, the `number`th from 1, is as it was written. One that was never written is
/// all zero.
bool page_is_intact(std::span<const std::byte, page_bytes> page, std::size_t number);

}  // namespace sluice::storage::sqlite
