#include "tests/unit/storage/sqlite/sqlite_fixture.h"

#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "storage/sqlite/page_cache.h"
#include "storage/sqlite/wrapped_file.h"

namespace sluice::storage::sqlite {
namespace {

int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    ++faults().writes;
    if (faults().disk_is_full) return SQLITE_FULL;
    return below(file)->pMethods->xWrite(below(file), from, bytes, offset);
}

int sync_file(sqlite3_file* file, int flags) {
    ++faults().syncs;
    if (faults().sync_delay_ms > 0) usleep(static_cast<unsigned>(faults().sync_delay_ms) * 1000);
    if (faults().syncs_to_fail > 0 && faults().syncs_to_fail.fetch_sub(1) > 0) {
        return SQLITE_IOERR_FSYNC;
    }
    return below(file)->pMethods->xSync(below(file), flags);
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods faulty = passing_methods();
        faulty.xWrite = write_file;
        faulty.xSync = sync_file;
        return faulty;
    }();
    auto* const real = static_cast<sqlite3_vfs*>(vfs->pAppData);
    return open_wrapped(real, name, file, flags, out_flags, methods, nullptr);
}

/// The default VFS of this program, before the engine looks for it.
bool install_faulty_files() {
    set_up_library();
    sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
    auto* const vfs = new sqlite3_vfs(*real);
    vfs->szOsFile = static_cast<int>(sizeof(WrappedFile)) + real->szOsFile;
    vfs->zName = "faulty";
    vfs->pAppData = real;
    vfs->xOpen = open_file;
    return sqlite3_vfs_register(vfs, 1) == SQLITE_OK;
}

}  // namespace

Faults& faults() {
    static Faults all;
    return all;
}

void SqliteTest::SetUp() {
    static const bool installed = install_faulty_files();
    ASSERT_TRUE(installed);
}

void SqliteTest::TearDown() {
    faults().disk_is_full = false;
    faults().syncs_to_fail = 0;
    faults().sync_delay_ms = 0;
}

std::unique_ptr<SqliteEngine> SqliteTest::open(const SqliteSettings& settings) {
    auto engine = SqliteEngine::open(settings, clock);
    EXPECT_TRUE(engine) << engine.error();
    return engine ? *std::move(engine) : nullptr;
}

std::unique_ptr<SqliteEngine> SqliteTest::open() {
    return open({.path = path()});
}

std::string SqliteTest::error_of_opening(const std::string& at) {
    const auto engine = SqliteEngine::open({.path = at}, clock);
    return engine ? "" : engine.error();
}

void SqliteTest::run(const conformance::Script& script) {
    const auto engine = open();
    if (engine != nullptr) run_on(*engine, script);
}

void SqliteTest::run_on(Engine& engine, const conformance::Script& script, unsigned shards) {
    conformance::run_script({&engine}, shards, clock, true, script);
}

io::Task<void> SqliteTest::put_numbers(Store& store, int first, int count) {
    for (int i = first; i < first + count; ++i) {
        const std::string key = std::to_string(i);
        const std::string value = "value of " + key;
        const Document document{DocumentKind::client, key, value};
        EXPECT_EQ(conformance::outcome(co_await store.put(document, PutMode::only_new)), "done");
    }
}

io::Task<int> SqliteTest::count_numbers(Store& store, int count_max) {
    int found = 0;
    for (int i = 0; i < count_max; ++i) {
        const std::string key = std::to_string(i);
        const DocumentKey document{DocumentKind::client, key};
        const auto value = co_await store.get(document);
        if (!value) co_return -1;
        if (!*value) continue;
        EXPECT_EQ(**value, "value of " + key);
        EXPECT_EQ(found, i) << "a document is there behind one that is missing";
        ++found;
    }
    co_return found;
}

std::string read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace sluice::storage::sqlite
