// VFS shim: a file of SQLite that wraps one of the VFS below; what passes through unchanged.
#pragma once

#include <sqlite3.h>

#include <cstddef>

namespace sluice::storage::sqlite {

/// What SQLite holds of an open file. The file below follows in the same memory.
struct WrappedFile {
    sqlite3_file base;
    void* state;  // of the wrapper, which frees it in its xClose
};
static_assert(sizeof(WrappedFile) % alignof(std::max_align_t) == 0);

inline sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<WrappedFile*>(file) + 1);
}
template <class State>
State& state_of(sqlite3_file* file) {
    return *static_cast<State*>(reinterpret_cast<WrappedFile*>(file)->state);
}

/// The methods of a file that passes everything on, but for memory maps, which it does not offer: a
/// page that is mapped would be read unchecked.
sqlite3_io_methods passing_methods();

/// xWrite of the file below; SQLITE_FULL where a quota or a limit of file sizes is in the way,
/// which SQLite itself does not tell from a broken disk.
int write_below(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset);

/// For xOpen: where the file below was opened, `file` has `methods` and `state`, else neither.
int open_wrapped(sqlite3_vfs* real, const char* name, sqlite3_file* file, int flags, int* out_flags,
                 const sqlite3_io_methods& methods, void* state);

/// The database's: pages end in a checksum. Gives an SQLite code.
int open_checked_file(sqlite3_vfs* real, const char* name, sqlite3_file* file, int flags,
                      int* out_flags);
/// The write-ahead log's: what is written in one stretch goes to the kernel at once when it is
/// synced, or read back.
int open_gathering_file(sqlite3_vfs* real, const char* name, sqlite3_file* file, int flags,
                        int* out_flags);

}  // namespace sluice::storage::sqlite
