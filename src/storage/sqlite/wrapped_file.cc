#include "storage/sqlite/wrapped_file.h"

#include <cerrno>
#include <cstring>

namespace sluice::storage::sqlite {
namespace {

int tell_full_disk(int code) {
    const bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return is_full && (code & 0xff) == SQLITE_IOERR ? SQLITE_FULL : code;
}

const sqlite3_io_methods* methods_below(sqlite3_file* file) {
    return below(file)->pMethods;
}

int close_file(sqlite3_file* file) {
    return methods_below(file)->xClose(below(file));
}
int read_file(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
    return methods_below(file)->xRead(below(file), to, bytes, offset);
}
int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    return write_below(file, from, bytes, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return methods_below(file)->xTruncate(below(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
    return methods_below(file)->xSync(below(file), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    return methods_below(file)->xFileSize(below(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return methods_below(file)->xLock(below(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return methods_below(file)->xUnlock(below(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* is_held) {
    return methods_below(file)->xCheckReservedLock(below(file), is_held);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
    return methods_below(file)->xFileControl(below(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return methods_below(file)->xSectorSize(below(file));
}
int device_characteristics(sqlite3_file* file) {
    return methods_below(file)->xDeviceCharacteristics(below(file));
}
int map_shared_memory(sqlite3_file* file, int region, int bytes, int extend,
                      void volatile** memory) {
    errno = 0;
    return tell_full_disk(methods_below(file)->xShmMap(below(file), region, bytes, extend, memory));
}
int lock_shared_memory(sqlite3_file* file, int offset, int count, int flags) {
    return methods_below(file)->xShmLock(below(file), offset, count, flags);
}
void shared_memory_barrier(sqlite3_file* file) {
    methods_below(file)->xShmBarrier(below(file));
}
int unmap_shared_memory(sqlite3_file* file, int remove) {
    return methods_below(file)->xShmUnmap(below(file), remove);
}

}  // namespace

sqlite3_io_methods passing_methods() {
    return {
        .iVersion = 2,
        .xClose = close_file,
        .xRead = read_file,
        .xWrite = write_file,
        .xTruncate = truncate_file,
        .xSync = sync_file,
        .xFileSize = size_of_file,
        .xLock = lock_file,
        .xUnlock = unlock_file,
        .xCheckReservedLock = check_reserved_lock,
        .xFileControl = control_file,
        .xSectorSize = sector_size,
        .xDeviceCharacteristics = device_characteristics,
        .xShmMap = map_shared_memory,
        .xShmLock = lock_shared_memory,
        .xShmBarrier = shared_memory_barrier,
        .xShmUnmap = unmap_shared_memory,
        .xFetch = nullptr,
        .xUnfetch = nullptr,
    };
}

int write_below(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    errno = 0;
    return tell_full_disk(methods_below(file)->xWrite(below(file), from, bytes, offset));
}

int open_wrapped(sqlite3_vfs* real, const char* name, sqlite3_file* file, int flags, int* out_flags,
                 const sqlite3_io_methods& methods, void* state) {
    file->pMethods = nullptr;
    sqlite3_file* const inner = below(file);
    std::memset(static_cast<void*>(inner), 0, static_cast<std::size_t>(real->szOsFile));
    const int code = real->xOpen(real, name, inner, flags, out_flags);
    if (code != SQLITE_OK) {
        if (inner->pMethods != nullptr) inner->pMethods->xClose(inner);
        return code;
    }
    reinterpret_cast<WrappedFile*>(file)->state = state;
    file->pMethods = &methods;
    return SQLITE_OK;
}

}  // namespace sluice::storage::sqlite
