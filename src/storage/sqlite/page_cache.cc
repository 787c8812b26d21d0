#include "storage/sqlite/page_cache.h"

#include <sqlite3.h>

#include <algorithm>
#include <new>

#include "storage/sqlite/checked_vfs.h"

namespace sluice::storage::sqlite {
namespace {

// The page that SQLite uses for locks and never caches: "PENDING_BYTE" of its file format.
constexpr unsigned lock_page = (1U << 30) / page_bytes + 1;

sqlite3_pcache_methods2& original() {
    static sqlite3_pcache_methods2 methods;
    return methods;
}

struct Cache {
    sqlite3_pcache* inner;
    unsigned key_max = 0;  // no cached page has a larger number
};
Cache& cache(sqlite3_pcache* handle) {
    return *reinterpret_cast<Cache*>(handle);
}

sqlite3_pcache* create(int page_size, int extra_size, int is_purgeable) {
    sqlite3_pcache* const inner = original().xCreate(page_size, extra_size, is_purgeable);
    if (inner == nullptr) return nullptr;
    auto* const outer = new (std::nothrow) Cache{inner};
    if (outer == nullptr) original().xDestroy(inner);
    return reinterpret_cast<sqlite3_pcache*>(outer);
}
void destroy(sqlite3_pcache* handle) {
    original().xDestroy(cache(handle).inner);
    delete &cache(handle);
}
void set_size(sqlite3_pcache* handle, int pages) {
    original().xCachesize(cache(handle).inner, pages);
}
int page_count(sqlite3_pcache* handle) {
    return original().xPagecount(cache(handle).inner);
}
void shrink(sqlite3_pcache* handle) {
    original().xShrink(cache(handle).inner);
}
sqlite3_pcache_page* fetch(sqlite3_pcache* handle, unsigned key, int create_flag) {
    Cache& outer = cache(handle);
    if (create_flag != 0) outer.key_max = std::max(outer.key_max, key);
    return original().xFetch(outer.inner, key, create_flag);
}
void unpin(sqlite3_pcache* handle, sqlite3_pcache_page* page, int discard) {
    original().xUnpin(cache(handle).inner, page, discard);
}
void rekey(sqlite3_pcache* handle, sqlite3_pcache_page* page, unsigned old_key, unsigned new_key) {
    Cache& outer = cache(handle);
    if (new_key != lock_page) outer.key_max = std::max(outer.key_max, new_key);
    original().xRekey(outer.inner, page, old_key, new_key);
}
void truncate(sqlite3_pcache* handle, unsigned limit) {
    Cache& outer = cache(handle);
    if (limit > outer.key_max) return;
    original().xTruncate(outer.inner, limit);
    outer.key_max = limit == 0 ? 0 : limit - 1;
}

bool install() {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &original()) != SQLITE_OK) return false;
    sqlite3_pcache_methods2 methods = original();
    methods.xCreate = create;
    methods.xDestroy = destroy;
    methods.xCachesize = set_size;
    methods.xPagecount = page_count;
    methods.xShrink = shrink;
    methods.xFetch = fetch;
    methods.xUnpin = unpin;
    methods.xRekey = rekey;
    methods.xTruncate = truncate;
    return sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods) == SQLITE_OK;
}

}  // namespace

void set_up_library() {
    static const bool installed = install();
    static_cast<void>(installed);
}

}  // namespace sluice::storage::sqlite
