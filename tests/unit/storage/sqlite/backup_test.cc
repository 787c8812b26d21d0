// Copies that are made while others write, and putting one back.
#include "storage/sqlite/backup.h"

#include <sys/stat.h>

#include <thread>

#include "tests/unit/storage/sqlite/sqlite_fixture.h"

namespace sluice::storage::sqlite {
namespace {

using conformance::Session;
using io::Task;
using std::chrono::milliseconds;

class SqliteBackup : public SqliteTest {
protected:
    std::string copy() const { return directory.path() + "/copy.db"; }
    std::string aside() const { return path() + ".before-restore"; }
    int count(int count_max) {
        int found = -1;
        run([&](Session& session) -> Task<void> {
            found = co_await count_numbers(session.store(), count_max);
        });
        return found;
    }
};

TEST_F(SqliteBackup, CopyHasAllThatWasAcknowledgedBeforeItBegan) {
    std::atomic<int> acknowledged = 0;
    std::atomic<bool> stop = false;
    std::atomic<int> at_start = 0;
    std::string error = "not made";
    const auto engine = open();
    std::jthread copier([&] {
        while (acknowledged < 100) usleep(1000);
        at_start = acknowledged.load();
        const auto made = backup(path(), copy());
        error = made ? "" : made.error();
        stop = true;
    });
    run_on(*engine, [&](Session& session) -> Task<void> {
        while (!stop) {
            co_await put_numbers(session.store(), acknowledged, 1);
            ++acknowledged;
        }
    });
    copier.join();
    EXPECT_EQ(error, "");
    EXPECT_TRUE(check(copy()));
    struct stat status{};
    ASSERT_EQ(stat(copy().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    auto copied = open({.path = copy()});
    run_on(*copied, [&](Session& session) -> Task<void> {
        EXPECT_GE(co_await count_numbers(session.store(), acknowledged + 1), at_start);
    });
}

TEST_F(SqliteBackup, NeverOverwritesAFile) {
    ASSERT_NE(open(), nullptr);
    write_bytes(copy(), "precious");
    const auto refused = backup(path(), copy());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("already exists"), std::string::npos) << refused.error();
    EXPECT_EQ(read_bytes(copy()), "precious");
    EXPECT_FALSE(backup(directory.path() + "/none.db", directory.path() + "/another"));
    EXPECT_FALSE(file_size(directory.path() + "/another"));
}

TEST_F(SqliteBackup, RestoreBringsBackWhatWasThereAndKeepsTheOther) {
    run([](Session& session) { return put_numbers(session.store(), 0, 20); });
    ASSERT_TRUE(backup(path(), copy()));
    run([](Session& session) { return put_numbers(session.store(), 20, 20); });
    ASSERT_EQ(count(50), 40);
    const auto restored = restore(copy(), path());
    ASSERT_TRUE(restored) << restored.error();
    EXPECT_EQ(count(50), 20);
    EXPECT_TRUE(file_size(aside()));
    const auto again = restore(copy(), path());
    ASSERT_FALSE(again);
    EXPECT_NE(again.error().find("move it away"), std::string::npos) << again.error();
    EXPECT_EQ(count(50), 20);
}

TEST_F(SqliteBackup, RestoreIsRefusedWhileAServerRuns) {
    run([](Session& session) { return put_numbers(session.store(), 0, 3); });
    ASSERT_TRUE(backup(path(), copy()));
    const auto engine = open();
    const auto refused = restore(copy(), path());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("stop the server first"), std::string::npos) << refused.error();
}

TEST_F(SqliteBackup, DamagedCopyReplacesNothing) {
    run([](Session& session) { return put_numbers(session.store(), 0, 30); });
    ASSERT_TRUE(backup(path(), copy()));
    std::string bytes = read_bytes(copy());
    bytes[bytes.size() - 3000] ^= 1;
    write_bytes(copy(), bytes);
    EXPECT_FALSE(check(copy()));
    EXPECT_FALSE(restore(copy(), path()));
    EXPECT_TRUE(check(path()));
    EXPECT_EQ(count(40), 30);
    write_bytes(copy(), "no database");
    EXPECT_FALSE(restore(copy(), path()));
    EXPECT_EQ(count(40), 30);
}

TEST_F(SqliteBackup, DamagedDatabaseIsReplacedByItsBackup) {
    run([](Session& session) { return put_numbers(session.store(), 0, 30); });
    ASSERT_TRUE(backup(path(), copy()));
    std::string bytes = read_bytes(path());
    std::fill(bytes.begin() + 4096, bytes.begin() + 8192, 'x');
    write_bytes(path(), bytes);
    EXPECT_FALSE(check(path()));
    EXPECT_NE(error_of_opening(path()), "");
    const auto restored = restore(copy(), path());
    ASSERT_TRUE(restored) << restored.error();
    EXPECT_EQ(count(40), 30);
    EXPECT_EQ(read_bytes(aside()), bytes);
}

TEST_F(SqliteBackup, RestoreThatWasCutOffIsFinishedByTheNext) {
    run([](Session& session) { return put_numbers(session.store(), 0, 30); });
    ASSERT_TRUE(backup(path(), copy()));
    ASSERT_EQ(rename(path().c_str(), aside().c_str()), 0);  // so far it came
    const std::string error = error_of_opening(path());
    EXPECT_NE(error.find("sluice restore"), std::string::npos) << error;
    const auto restored = restore(copy(), path());
    ASSERT_TRUE(restored) << restored.error();
    EXPECT_EQ(count(40), 30);
}

}  // namespace
}  // namespace sluice::storage::sqlite
