// Migrations, and a schema that is not as expected.
#include "storage/postgres/schema.h"

#include "tests/unit/storage/postgres/box.h"

namespace sluice::storage::postgres {
namespace {

MigrationOptions options_for(const std::string& database) {
    return {.url = Secret(PostgresServer::shared().url(database))};
}

/// What an engine says of the database; empty where it is content.
std::string problem_of(const std::string& database) {
    Box box(settings_for_database(database));
    box.turn_until([&] { return !box.told.states.empty(); });
    return box.told.last_detail;
}

TEST(PostgresMigrations, DryRunNamesWhatWouldBeDoneAndDoesNothing) {
    const std::string database = PostgresServer::shared().create_database();
    MigrationOptions options = options_for(database);
    options.dry_run = true;
    const auto steps = migrate(options);
    ASSERT_TRUE(steps) << steps.error();
    ASSERT_EQ(steps->size(), 3u);
    EXPECT_EQ(steps->front().name, "0001_tokens");
    EXPECT_NE(steps->front().sql.find("CREATE TABLE sluice_access_tokens"), std::string::npos);
    EXPECT_EQ(PostgresServer::shared().query(
                  database, "SELECT count(*) FROM pg_class WHERE relname LIKE 'sluice%'"),
              "0");
    EXPECT_NE(problem_of(database).find("sluice migrate"), std::string::npos);
}

TEST(PostgresMigrations, AreAppliedOnceAndTheSchemaIsAsExpected) {
    const std::string database = PostgresServer::shared().create_database();
    const auto first = migrate(options_for(database));
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(first->size(), 3u);
    const auto second = migrate(options_for(database));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->empty());
    EXPECT_EQ(problem_of(database), "");
}

TEST(PostgresMigrations, AnOlderSchemaWithDataIsBroughtUpToDateAndKeepsThem) {
    const std::string database = PostgresServer::shared().create_database();
    MigrationOptions older = options_for(database);
    older.up_to = 2;
    ASSERT_TRUE(migrate(older));
    SystemRandom random;
    const Sample sample(77, numeric_date(SystemClock().wall()), random);
    const std::string digest = [&] {
        std::string hex;
        for (const std::byte byte : crypto::sha256(sample.access_text)) {
            constexpr char digits[] = "0123456789abcdef";
            hex += digits[std::to_integer<unsigned>(byte) >> 4];
            hex += digits[std::to_integer<unsigned>(byte) & 15];
        }
        return hex;
    }();
    PostgresServer::shared().execute(
        database, "INSERT INTO sluice_access_tokens VALUES (77, '\\x" + digest +
                      "', 'c', 'u', 's', 'r', 1, 4000000000);"
                      "INSERT INTO sluice_documents VALUES (1, 'kept', 'value', 'infinity')");
    const std::string problem = problem_of(database);
    EXPECT_NE(problem.find("0003_revocations"), std::string::npos) << problem;
    EXPECT_NE(problem.find("sluice migrate --config FILE"), std::string::npos) << problem;

    const auto steps = migrate(options_for(database));
    ASSERT_TRUE(steps) << steps.error();
    ASSERT_EQ(steps->size(), 1u);
    EXPECT_EQ(steps->front().name, "0003_revocations");
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_available());
    EXPECT_EQ(box.get(box.store().get({DocumentKind::client, "kept"}))->value_or(""), "value");
    const auto family = box.get(box.store().load(sample.access_key()));
    ASSERT_TRUE(family);
    EXPECT_EQ(family->access.size(), 1u);
}

TEST(PostgresMigrations, OneThatWasAnotherIsRefused) {
    const std::string database = new_database();
    PostgresServer::shared().execute(
        database, "UPDATE sluice_migrations SET checksum = 'x' WHERE version = 2");
    const auto steps = migrate(options_for(database));
    ASSERT_FALSE(steps);
    EXPECT_NE(steps.error().find("0002_documents"), std::string::npos) << steps.error();
}

TEST(PostgresMigrations, OneThatFailsLeavesNothingBehind) {
    const std::string database = PostgresServer::shared().create_database();
    PostgresServer::shared().execute(database, "CREATE TABLE sluice_revocations (id integer)");
    const auto steps = migrate(options_for(database));
    ASSERT_FALSE(steps);
    EXPECT_NE(steps.error().find("0003_revocations"), std::string::npos) << steps.error();
    EXPECT_EQ(
        PostgresServer::shared().query(database, "SELECT max(version) FROM sluice_migrations"),
        "2");
}

TEST(PostgresSchema, DriftIsNamedColumnByColumn) {
    const std::string database = new_database();
    PostgresServer::shared().execute(
        database,
        "ALTER TABLE sluice_refresh_tokens DROP COLUMN resource;"
        "ALTER TABLE sluice_documents ALTER COLUMN value TYPE varchar(10);"
        "ALTER TABLE sluice_documents ADD COLUMN owner text NOT NULL;"
        "ALTER TABLE sluice_documents ADD COLUMN note text");
    const std::string problem = problem_of(database);
    EXPECT_NE(problem.find("sluice_refresh_tokens.resource is missing"), std::string::npos);
    EXPECT_NE(problem.find("sluice_documents.value is character varying(10), not text"),
              std::string::npos);
    EXPECT_NE(problem.find("sluice_documents.owner is unknown and demands a value"),
              std::string::npos);
    EXPECT_EQ(problem.find("note"), std::string::npos) << problem;
}

TEST(PostgresSchema, ARoleThatCannotKeepPartitionsIsToldSo) {
    const std::string database = new_database();
    PostgresServer& server = PostgresServer::shared();
    server.execute(database,
                   "CREATE ROLE guest LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO guest; "
                   "GRANT CREATE ON SCHEMA public TO guest");
    std::string url = server.url(database);
    url.replace(url.find("postgres@"), 8, "guest");
    Box box(settings_for(url));
    box.turn_until([&] { return !box.told.states.empty(); });
    EXPECT_NE(box.told.last_detail.find("the role guest cannot keep the partitions of "
                                        "sluice_access_tokens, sluice_refresh_tokens"),
              std::string::npos)
        << box.told.last_detail;
    server.execute(database,
                   "ALTER TABLE sluice_access_tokens OWNER TO guest; "
                   "ALTER TABLE sluice_refresh_tokens OWNER TO guest");
    EXPECT_TRUE(box.wait_until_available());
}

TEST(PostgresSchema, DriftThatIsMendedNeedsNoRestart) {
    const std::string database = new_database();
    PostgresServer::shared().execute(database,
                                     "ALTER TABLE sluice_documents RENAME value TO content");
    Box box(settings_for_database(database));
    box.turn_until([&] { return !box.told.states.empty(); });
    EXPECT_EQ(box.told.states.back(), StoreState::away);
    PostgresServer::shared().execute(database,
                                     "ALTER TABLE sluice_documents RENAME content TO value");
    ASSERT_TRUE(box.wait_until_available());
    EXPECT_EQ(box.put("a", "1"), "done");
}

}  // namespace
}  // namespace sluice::storage::postgres
