#include "storage/sqlite/checked_vfs.h"

#include <sqlite3.h>

#include <array>
#include <memory>

#include "storage/sqlite/page_cache.h"
#include "storage/sqlite/wrapped_file.h"

namespace sluice::storage::sqlite {
namespace {

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* const real = static_cast<sqlite3_vfs*>(vfs->pAppData);
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        return open_checked_file(real, name, file, flags, out_flags);
    }
    if ((flags & SQLITE_OPEN_WAL) != 0) {
        return open_gathering_file(real, name, file, flags, out_flags);
    }
    return real->xOpen(real, name, file, flags, out_flags);
}

}  // namespace

void register_checked_vfs(const char* name, const char* below_name) {
    set_up_library();
    sqlite3_vfs* const real = sqlite3_vfs_find(below_name);
    // SQLite keeps what is registered until the process ends.
    auto* const vfs = new sqlite3_vfs(*real);
    vfs->szOsFile = static_cast<int>(sizeof(WrappedFile)) + real->szOsFile;
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
