// The write-ahead log's file: SQLite writes each page of a transaction by two calls, which are
// gathered here and go to the kernel in one before they are synced.
//
// A frame means nothing to anybody before its transaction's commit, and that is told to other
// connections after the sync: until then it does not matter where its bytes are.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "base/check.h"
#include "storage/sqlite/wrapped_file.h"

namespace sluice::storage::sqlite {
namespace {

constexpr std::size_t gathered_max = 1 << 20;
// SQLite's own files for Unix write a multiple of 128 KiB as nothing, and call that a full disk.
constexpr std::size_t written_at_once = 96 << 10;

struct Gathered {
    std::vector<std::byte> bytes;
    sqlite3_int64 offset = 0;  // where they belong
    sqlite3_int64 end() const { return offset + static_cast<sqlite3_int64>(bytes.size()); }
};

int flush(sqlite3_file* file) {
    Gathered& gathered = state_of<Gathered>(file);
    int code = SQLITE_OK;
    for (std::size_t at = 0; at < gathered.bytes.size() && code == SQLITE_OK;) {
        const std::size_t count = std::min(gathered.bytes.size() - at, written_at_once);
        code = write_below(file, gathered.bytes.data() + at, static_cast<int>(count),
                           gathered.offset + static_cast<sqlite3_int64>(at));
        at += count;
    }
    gathered.bytes.clear();
    return code;
}

int close_file(sqlite3_file* file) {
    const int flushed = flush(file);
    delete &state_of<Gathered>(file);
    const int closed = below(file)->pMethods->xClose(below(file));
    return flushed != SQLITE_OK ? flushed : closed;
}

int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    Gathered& gathered = state_of<Gathered>(file);
    const auto count = static_cast<std::size_t>(bytes);
    if (!gathered.bytes.empty() &&
        (offset != gathered.end() || gathered.bytes.size() + count > gathered_max)) {
        if (const int code = flush(file); code != SQLITE_OK) return code;
    }
    if (count > gathered_max) {
        return write_below(file, from, bytes, offset);
    }
    if (gathered.bytes.empty()) {
        try {
            gathered.bytes.reserve(gathered_max);
        } catch (const std::bad_alloc&) {
            return SQLITE_IOERR_NOMEM;
        }
        gathered.offset = offset;
    }
    const auto* const begin = static_cast<const std::byte*>(from);
    CHECK(offset == gathered.end(), "what is gathered is in one stretch");
    gathered.bytes.insert(gathered.bytes.end(), begin, begin + count);
    CHECK(gathered.bytes.size() <= gathered_max);
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
    if (const int code = flush(file); code != SQLITE_OK) return code;
    return below(file)->pMethods->xRead(below(file), to, bytes, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (const int code = flush(file); code != SQLITE_OK) return code;
    return below(file)->pMethods->xTruncate(below(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
    if (const int code = flush(file); code != SQLITE_OK) return code;
    return below(file)->pMethods->xSync(below(file), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    if (const int code = flush(file); code != SQLITE_OK) return code;
    return below(file)->pMethods->xFileSize(below(file), size);
}

sqlite3_io_methods gathering_methods() {
    sqlite3_io_methods methods = passing_methods();
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    methods.xFileSize = size_of_file;
    return methods;
}

}  // namespace

int open_gathering_file(sqlite3_vfs* real, const char* name, sqlite3_file* file, int flags,
                        int* out_flags) {
    static const sqlite3_io_methods methods = gathering_methods();
    std::unique_ptr<Gathered> gathered(new (std::nothrow) Gathered);
    if (gathered == nullptr) return SQLITE_NOMEM;
    const int code = open_wrapped(real, name, file, flags, out_flags, methods, gathered.get());
    if (code == SQLITE_OK) static_cast<void>(gathered.release());
    return code;
}

}  // namespace sluice::storage::sqlite
