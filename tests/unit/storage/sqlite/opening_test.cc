// Opening: what is created, and what is refused with what to do.
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>

#include "storage/sqlite/schema.h"
#include "tests/unit/storage/sqlite/sqlite_fixture.h"

namespace sluice::storage::sqlite {
namespace {

using conformance::Session;
using io::Task;
using std::chrono::seconds;

TEST_F(SqliteTest, CreatesAFileForItsOwnerAlone) {
    ASSERT_NE(open(), nullptr);
    struct stat status{};
    ASSERT_EQ(stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_GT(status.st_size, 0);
    EXPECT_EQ(error_of_opening(path()), "");
}

TEST_F(SqliteTest, ClosedCleanlyItLeavesNoLog) {
    run([](Session& session) { return put_numbers(session.store(), 0, 5); });
    EXPECT_EQ(file_size(path() + "-wal").value_or(0), 0u);
}

TEST_F(SqliteTest, DirectoryHasToBeThere) {
    const std::string error = error_of_opening(directory.path() + "/none/sluice.db");
    EXPECT_NE(error.find("create it"), std::string::npos) << error;
}

TEST_F(SqliteTest, SecondServerIsRefusedAndAToolIsNot) {
    const auto engine = open();
    const std::string error = error_of_opening(path());
    EXPECT_NE(error.find("another process has it open"), std::string::npos) << error;
    const auto tool = open({.path = path(), .is_tool = true});
    ASSERT_NE(tool, nullptr);
    run_on(*tool, [](Session& session) { return put_numbers(session.store(), 0, 3); });
    run_on(*engine, [](Session& session) -> Task<void> {
        EXPECT_EQ(co_await count_numbers(session.store(), 3), 3);
    });
}

TEST_F(SqliteTest, FilesOfOthersAreRefusedWithWhatToDo) {
    write_bytes(directory.path() + "/text", std::string(10000, 'x'));
    const std::string text = error_of_opening(directory.path() + "/text");
    EXPECT_NE(text.find("sluice restore"), std::string::npos) << text;

    sqlite3* other = nullptr;
    const std::string foreign = directory.path() + "/foreign.db";
    ASSERT_EQ(sqlite3_open(foreign.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "CREATE TABLE t (x)", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(other);
    const std::string refused = error_of_opening(foreign);
    EXPECT_NE(refused.find("not a Sluice database"), std::string::npos) << refused;
}

TEST_F(SqliteTest, LogWithoutItsDatabaseIsNotThrownAway) {
    write_bytes(path() + "-wal", "something");
    const std::string error = error_of_opening(path());
    EXPECT_NE(error.find("its log"), std::string::npos) << error;
    EXPECT_EQ(read_bytes(path() + "-wal"), "something");
}

TEST_F(SqliteTest, OlderSchemaIsUpgradedWithItsData) {
    const std::int64_t now = numeric_date(clock.wall());
    {
        ASSERT_TRUE(create_private_file(path()));
        auto database = Database::open(path(), Database::Access::read_write);
        ASSERT_TRUE(database);
        ASSERT_TRUE(create_schema(*database, 1));
        const std::string rows =
            "INSERT INTO documents VALUES (1, 'ever', 0, 'a'), (1, 'long', " +
            std::to_string(now + 100) + ", 'b'), (1, 'gone', " + std::to_string(now - 100) +
            ", 'c'); INSERT INTO access_tokens VALUES (7, zeroblob(32), " + std::to_string(now) +
            ", " + std::to_string(now + 100) + ", 'client', 'alice', 'read', '')";
        ASSERT_TRUE(database->execute(rows.c_str()));
    }
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await conformance::keys(store, DocumentKind::client, "", 9), "ever long");
        const Family family =
            co_await conformance::load(store, {token::GrantTag(7), crypto::Digest{}, ""});
        EXPECT_EQ(family.access.size(), 1u);
        co_await session.pass(seconds{99 + 2});
        EXPECT_EQ(co_await conformance::keys(store, DocumentKind::client, "", 9), "ever");
    });
    auto database = Database::open(path(), Database::Access::read_write);
    ASSERT_TRUE(database);
    EXPECT_EQ(database->integer("PRAGMA user_version").value_or(0), schema_version);
}

TEST_F(SqliteTest, NewerSchemaIsRefused) {
    ASSERT_NE(open(), nullptr);
    {
        auto database = Database::open(path(), Database::Access::read_write);
        ASSERT_TRUE(database && database->execute("PRAGMA user_version = 99"));
    }
    const std::string error = error_of_opening(path());
    EXPECT_NE(error.find("version 99"), std::string::npos) << error;
}

}  // namespace
}  // namespace sluice::storage::sqlite
