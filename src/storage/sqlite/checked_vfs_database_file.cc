// The database's file: every page that is written gets a checksum, every page that is read is
// verified.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "storage/sqlite/checked_vfs.h"
#include "storage/sqlite/wrapped_file.h"

namespace sluice::storage::sqlite {
namespace {

constexpr std::size_t content_bytes = page_bytes - checksum_bytes;
using Page = std::array<std::byte, page_bytes>;

bool is_whole_page(int bytes, sqlite3_int64 offset) {
    return bytes == static_cast<int>(page_bytes) && offset % sqlite3_int64{page_bytes} == 0;
}

std::size_t page_number(sqlite3_int64 offset) {
    return static_cast<std::size_t>(offset) / page_bytes + 1;
}

/// Seeded with the page's number: a page in another's place is wrong too.
std::uint64_t checksum(const void* page, std::size_t number) {
    return XXH3_64bits_withSeed(page, content_bytes, number);
}

int close_file(sqlite3_file* file) {
    delete &state_of<Page>(file);
    return below(file)->pMethods->xClose(below(file));
}

int read_file(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
    const int code = below(file)->pMethods->xRead(below(file), to, bytes, offset);
    if (code != SQLITE_OK || !is_whole_page(bytes, offset)) return code;
    const std::span<const std::byte, page_bytes> page(static_cast<const std::byte*>(to),
                                                      page_bytes);
    return page_is_intact(page, page_number(offset)) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    if (is_whole_page(bytes, offset)) {
        Page& page = state_of<Page>(file);
        std::memcpy(page.data(), from, content_bytes);
        const std::uint64_t sum = checksum(page.data(), page_number(offset));
        std::memcpy(page.data() + content_bytes, &sum, sizeof sum);
        from = page.data();
    }
    return write_below(file, from, bytes, offset);
}

sqlite3_io_methods checked_methods() {
    sqlite3_io_methods methods = passing_methods();
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    return methods;
}

}  // namespace

bool page_is_intact(std::span<const std::byte, page_bytes> page, std::size_t number) {
    std::uint64_t stored = 0;
    std::memcpy(&stored, page.data() + content_bytes, sizeof stored);
    if (stored == checksum(page.data(), number)) return true;
    return std::ranges::all_of(page, [](std::byte byte) { return byte == std::byte{0}; });
}

int open_checked_file(sqlite3_vfs* real, const char* name, sqlite3_file* file, int flags,
                      int* out_flags) {
    static const sqlite3_io_methods methods = checked_methods();
    std::unique_ptr<Page> page(new (std::nothrow) Page);
    if (page == nullptr) return SQLITE_NOMEM;
    const int code = open_wrapped(real, name, file, flags, out_flags, methods, page.get());
    if (code == SQLITE_OK) static_cast<void>(page.release());
    return code;
}

}  // namespace sluice::storage::sqlite
