// Rows whose time is over go away, a few at a time.
#include "storage/sqlite/expiry.h"

#include "storage/sqlite/schema.h"
#include "tests/unit/storage/sqlite/sqlite_fixture.h"

namespace sluice::storage::sqlite {
namespace {

using conformance::Session;
using io::Task;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* fill = R"(
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2345)
INSERT INTO access_tokens SELECT i / 3, randomblob(32), 1, i % 2 * 1000 + 100, '', '', '', '' FROM n;
INSERT INTO refresh_tokens SELECT tag, digest, 1, expires_at, 0, '', '', '', '' FROM access_tokens;
INSERT INTO documents SELECT tag % 11, hex(digest), tag % 3 * 100000, '' FROM access_tokens;
)";

class SqliteExpiry : public SqliteTest {
protected:
    void SetUp() override {
        SqliteTest::SetUp();
        ASSERT_TRUE(create_private_file(path()));
        auto opened = Database::open(path(), Database::Access::read_write);
        ASSERT_TRUE(opened);
        database.emplace(*std::move(opened));
        ASSERT_TRUE(create_schema(*database));
        ASSERT_TRUE(database->execute(fill));
    }
    std::int64_t count(const char* what) { return database->integer(what).value_or(-1); }
    std::int64_t all() {
        return count(
            "SELECT (SELECT count(*) FROM access_tokens) + "
            "(SELECT count(*) FROM refresh_tokens) + (SELECT count(*) FROM documents)");
    }
    std::optional<Database> database;
};

TEST_F(SqliteExpiry, StepsAreBoundedAndARoundRemovesAllThatHasExpired) {
    auto expiry = Expiry::prepare(*database);
    ASSERT_TRUE(expiry);
    // Half of the tokens; documents that end at 100 s, a third of those.
    const BatchTime now{.now_s = 500, .now_ms = 150000};
    const std::int64_t before = all();
    std::int64_t left = before;
    int steps = 0;
    while (!expiry->take_round_end()) {
        ASSERT_TRUE(database->execute("BEGIN"));
        ASSERT_EQ(expiry->step(now), SQLITE_OK);
        ASSERT_TRUE(database->execute("COMMIT"));
        const std::int64_t after = all();
        EXPECT_LE(left - after, Expiry::rows_a_step);
        left = after;
        ++steps;
        ASSERT_LT(steps, 100);
    }
    EXPECT_GE(steps, 15);  // 2345 rows in each of three tables, 500 a step
    EXPECT_EQ(count("SELECT count(*) FROM access_tokens WHERE expires_at <= 500"), 0);
    EXPECT_EQ(count("SELECT count(*) FROM access_tokens"), 1173);
    EXPECT_EQ(count("SELECT count(*) FROM refresh_tokens"), 1173);
    EXPECT_EQ(count("SELECT count(*) FROM documents WHERE expires_at = 100000"), 0);
    EXPECT_GT(count("SELECT count(*) FROM documents WHERE expires_at = 0"), 700);
    EXPECT_GT(count("SELECT count(*) FROM documents WHERE expires_at = 200000"), 700);
}

TEST_F(SqliteTest, ExpiredRowsLeaveTheFileByThemselves) {
    const auto engine = open();
    run_on(*engine, [&](Session& session) -> Task<void> {
        Store& store = session.store();
        co_await put_numbers(store, 0, 7);
        for (int i = 0; i < 1200; ++i) {
            const std::string key = std::to_string(i);
            const Document document{DocumentKind::assertion_id, key, "", seconds{5}};
            EXPECT_TRUE(co_await store.put(document, PutMode::only_new));
        }
        co_await session.pass(seconds{10});
        auto tool = Database::open(path(), Database::Access::read_write);
        EXPECT_TRUE(tool);
        std::int64_t rows = -1;
        for (int i = 0; i < 1000 && tool && rows != 7; ++i) {
            co_await session.pass(seconds{1});
            rows = tool->integer("SELECT count(*) FROM documents").value_or(-1);
            co_await session.wait(milliseconds{10});
        }
        EXPECT_EQ(rows, 7);
        EXPECT_EQ(co_await count_numbers(store, 7), 7);
    });
}

}  // namespace
}  // namespace sluice::storage::sqlite
