// What the tests of the SQLite engine share: a directory, an engine in it, and the kernel's faults.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "storage/sqlite/sqlite_engine.h"
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"
#include "tests/unit/storage/temporary_directory.h"

namespace sluice::storage::sqlite {

/// What the files below SQLite do wrong; all of the process's databases.
struct Faults {
    std::atomic<bool> disk_is_full = false;  // writes give SQLITE_FULL
    std::atomic<int> syncs_to_fail = 0;      // so many give SQLITE_IOERR_FSYNC
    std::atomic<int> sync_delay_ms = 0;
    std::atomic<int> syncs = 0;   // that were asked for
    std::atomic<int> writes = 0;  // the same
};
Faults& faults();

class SqliteTest : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    std::string path() const { return directory.path() + "/sluice.db"; }
    /// Fails the test where it cannot be opened.
    std::unique_ptr<SqliteEngine> open();
    std::unique_ptr<SqliteEngine> open(const SqliteSettings& settings);
    /// The error of opening; empty where it worked.
    std::string error_of_opening(const std::string& at);
    /// Opens, runs `script` on one shard, closes.
    void run(const conformance::Script& script);
    void run_on(Engine& engine, const conformance::Script& script, unsigned shards = 1);

    /// Documents of one kind, "0" to count-1, each with a value that tells its key.
    static io::Task<void> put_numbers(Store& store, int first, int count);
    /// How many of them are there from "0" on without a gap; each has to have the right value, and
    /// none may be there behind the first that is missing. -1: the store gave an error.
    static io::Task<int> count_numbers(Store& store, int count_max);

    TemporaryDirectory directory;
    conformance::TestClock clock;
};

std::string read_bytes(const std::string& path);
void write_bytes(const std::string& path, const std::string& bytes);

}  // namespace sluice::storage::sqlite
