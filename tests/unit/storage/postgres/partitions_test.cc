// Partitions: which are lacking, and that they come and go.
#include "storage/postgres/partitions.h"

#include "storage/postgres/cleanup.h"
#include "tests/unit/storage/postgres/box.h"

namespace sluice::storage::postgres {
namespace {

using Partitions = std::vector<Partition>;

TEST(PostgresPartitions, CoverFromNowToTheEndInPiecesOfTheWidth) {
    EXPECT_EQ(partitions_to_add({}, 1050, 1250, 100),
              (Partitions{{1000, 1100}, {1100, 1200}, {1200, 1300}}));
    EXPECT_EQ(partitions_to_add({{1000, 1100}, {1100, 1200}}, 1050, 1250, 100),
              (Partitions{{1200, 1300}}));
    EXPECT_TRUE(partitions_to_add({{900, 1300}}, 1050, 1250, 100).empty());
}

TEST(PostgresPartitions, FillGapsBetweenPartitionsOfAnotherWidth) {
    EXPECT_EQ(partitions_to_add({{1030, 1130}, {1230, 1330}}, 1050, 1400, 100),
              (Partitions{{1000, 1030}, {1130, 1200}, {1200, 1230}, {1330, 1400}}));
}

std::string partition_count(const std::string& database, std::string_view table) {
    return PostgresServer::shared().query(
        database, "SELECT count(*) FROM pg_inherits WHERE inhparent = '" + std::string(table) +
                      "'::regclass");
}

TEST(PostgresPartitions, AreMadeAheadAndTakeWhatTheDefaultPartitionHas) {
    const std::string database = new_database();
    const std::int64_t now = numeric_date(SystemClock().wall());
    PostgresServer::shared().execute(
        database, "INSERT INTO sluice_access_tokens VALUES (1, '\\x01', 'c', 'u', 's', 'r', 1, " +
                      std::to_string(now + 100) + ")");
    Box box(settings_for_database(database));
    box.turn_until(
        [&] { return std::stoi(partition_count(database, "sluice_refresh_tokens")) >= 8; });
    EXPECT_GE(std::stoi(partition_count(database, "sluice_access_tokens")), 4);
    EXPECT_EQ(PostgresServer::shared().query(database,
                                             "SELECT count(*) FROM sluice_access_tokens_default"),
              "0");
    EXPECT_EQ(PostgresServer::shared().query(database, "SELECT tag FROM sluice_access_tokens"),
              "1");
}

TEST(PostgresPartitions, AreDroppedWhenAllInThemIsOver) {
    const std::string database = new_database();
    const std::int64_t now = numeric_date(SystemClock().wall());
    const std::string from = std::to_string(now - 1000);
    const std::string to = std::to_string(now - 100);
    const std::string name = "sluice_access_tokens_" + from + "_" + to;
    PostgresServer::shared().execute(
        database,
        "CREATE TABLE " + name + " PARTITION OF sluice_access_tokens FOR VALUES FROM (" + from +
            ") TO (" + to +
            "); INSERT INTO sluice_access_tokens VALUES (1, '\\x01', 'c', 'u', 's', "
            "'r', 1, " +
            from +
            "); INSERT INTO sluice_documents VALUES "
            "(1, 'old', 'v', now() - interval '2 min'), (1, 'new', 'v', now() + interval '2 min'); "
            "INSERT INTO sluice_revocations (tag, revoked_at) VALUES (1, now() - interval '2 h'), "
            "(2, now())");
    auto connection =
        BlockingConnection::open({.url = Secret(PostgresServer::shared().url(database))});
    ASSERT_TRUE(connection);
    const auto done = clean_up_with(*connection, settings_for_database(database));
    ASSERT_TRUE(done) << done.error();
    PostgresServer& server = PostgresServer::shared();
    EXPECT_EQ(server.query(database, "SELECT to_regclass('" + name + "') IS NULL"), "t");
    EXPECT_EQ(server.query(database, "SELECT string_agg(key, ',') FROM sluice_documents"), "new");
    EXPECT_EQ(server.query(database, "SELECT string_agg(tag::text, ',') FROM sluice_revocations"),
              "2");
}

}  // namespace
}  // namespace sluice::storage::postgres
