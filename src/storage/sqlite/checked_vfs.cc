#include "storage/sqlite/checked_vfs.h"

#define XXH_INLINE_ALL
#include <sqlite3.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace sluice::storage::sqlite {
namespace {

constexpr std::size_t content_bytes = page_bytes - checksum_bytes;

/// What SQLite holds of an open file. The file below follows in the same memory.
struct CheckedFile {
    sqlite3_file base;
    std::array<std::byte, page_bytes>* page;  // being written

    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
static_assert(sizeof(CheckedFile) % alignof(std::max_align_t) == 0);

CheckedFile& checked(sqlite3_file* file) {
    return *reinterpret_cast<CheckedFile*>(file);
}
sqlite3_file* below(sqlite3_file* file) {
    return checked(file).below();
}
sqlite3_vfs* below(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

bool is_whole_page(int bytes, sqlite3_int64 offset) {
    return bytes == static_cast<int>(page_bytes) && offset % sqlite3_int64{page_bytes} == 0;
}

/// Seeded with the page's number: a page in another's place is wrong too.
std::uint64_t checksum(const void* page, std::size_t number) {
    return XXH3_64bits_withSeed(page, content_bytes, number);
}

int close_file(sqlite3_file* file) {
    delete checked(file).page;
    return below(file)->pMethods->xClose(below(file));
}

int read_file(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
    const int code = below(file)->pMethods->xRead(below(file), to, bytes, offset);
    if (code != SQLITE_OK || !is_whole_page(bytes, offset)) return code;
    const std::span<const std::byte, page_bytes> page(static_cast<const std::byte*>(to),
                                                      page_bytes);
    const auto number = static_cast<std::size_t>(offset) / page_bytes + 1;
    return page_is_intact(page, number) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    if (is_whole_page(bytes, offset)) {
        std::byte* const page = checked(file).page->data();
        std::memcpy(page, from, content_bytes);
        const std::uint64_t sum = checksum(page, static_cast<std::size_t>(offset) / page_bytes + 1);
        std::memcpy(page + content_bytes, &sum, sizeof sum);
        from = page;
    }
    return below(file)->pMethods->xWrite(below(file), from, bytes, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return below(file)->pMethods->xTruncate(below(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
    return below(file)->pMethods->xSync(below(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return below(file)->pMethods->xFileSize(below(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return below(file)->pMethods->xLock(below(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return below(file)->pMethods->xUnlock(below(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* is_held) {
    return below(file)->pMethods->xCheckReservedLock(below(file), is_held);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return below(file)->pMethods->xSectorSize(below(file));
}
int device_characteristics(sqlite3_file* file) {
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}
int map_shared_memory(sqlite3_file* file, int region, int bytes, int extend,
                      void volatile** memory) {
    return below(file)->pMethods->xShmMap(below(file), region, bytes, extend, memory);
}
int lock_shared_memory(sqlite3_file* file, int offset, int count, int flags) {
    return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void shared_memory_barrier(sqlite3_file* file) {
    below(file)->pMethods->xShmBarrier(below(file));
}
int unmap_shared_memory(sqlite3_file* file, int remove) {
    return below(file)->pMethods->xShmUnmap(below(file), remove);
}

// Without xFetch: a page that is mapped would be read unchecked.
const sqlite3_io_methods checked_methods{
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
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

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    sqlite3_vfs* const real = below(vfs);
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return real->xOpen(real, name, file, flags, out_flags);
    file->pMethods = nullptr;
    auto page = std::unique_ptr<std::array<std::byte, page_bytes>>(
        new (std::nothrow) std::array<std::byte, page_bytes>);
    if (page == nullptr) return SQLITE_NOMEM;
    sqlite3_file* const inner = checked(file).below();
    std::memset(static_cast<void*>(inner), 0, sizeof *inner);
    const int code = real->xOpen(real, name, inner, flags, out_flags);
    if (code != SQLITE_OK) {
        if (inner->pMethods != nullptr) inner->pMethods->xClose(inner);
        return code;
    }
    checked(file).page = page.release();
    file->pMethods = &checked_methods;
    return SQLITE_OK;
}

}  // namespace

bool page_is_intact(std::span<const std::byte, page_bytes> page, std::size_t number) {
    std::uint64_t stored = 0;
    std::memcpy(&stored, page.data() + content_bytes, sizeof stored);
    if (stored == checksum(page.data(), number)) return true;
    return std::ranges::all_of(page, [](std::byte byte) { return byte == std::byte{0}; });
}

void register_checked_vfs(const char* name, const char* below_name) {
    sqlite3_vfs* const real = sqlite3_vfs_find(below_name);
    // SQLite keeps what is registered until the process ends.
    auto* const vfs = new sqlite3_vfs(*real);
    vfs->szOsFile = static_cast<int>(sizeof(CheckedFile)) + real->szOsFile;
    vfs->pNext = nullptr;
    vfs->zName = name;
    vfs->pAppData = real;
    vfs->xOpen = open_file;
    sqlite3_vfs_register(vfs, 0);
}

const char* checked_vfs() {
    static constexpr const char* name = "sluice-checked";
    static const bool registered = (register_checked_vfs(name, nullptr), true);
    static_cast<void>(registered);
    return name;
}

}  // namespace sluice::storage::sqlite
