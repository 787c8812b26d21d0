// Revocations that reach another box: told, or found where nobody told.
#include <fmt/format.h>

#include "tests/unit/storage/postgres/box.h"

namespace sluice::storage::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(PostgresFeed, ARevocationWithoutANotificationIsFoundWithinASecond) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_trusted());
    PostgresServer::shared().execute(database, "INSERT INTO sluice_revocations (tag) VALUES (9)");
    const MonotonicTime began = std::chrono::steady_clock::now();
    ASSERT_TRUE(box.turn_until([&] { return box.told.has_revoked(9); }));
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{2});
}

TEST(PostgresFeed, ATransactionThatCommitsAfterLaterOnesIsNotMissed) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_trusted());
    auto slow = BlockingConnection::open({.url = Secret(PostgresServer::shared().url(database))});
    ASSERT_TRUE(slow);
    ASSERT_TRUE(slow->execute("BEGIN; INSERT INTO sluice_revocations (tag) VALUES (1)"));
    PostgresServer::shared().execute(database, "INSERT INTO sluice_revocations (tag) VALUES (2)");
    ASSERT_TRUE(box.turn_until([&] { return box.told.has_revoked(2); }));
    // Several looks later the first one is committed.
    const MonotonicTime trusted = box.told.trusted_until;
    box.turn_until([&] { return box.told.trusted_until > trusted + milliseconds{1200}; });
    EXPECT_FALSE(box.told.has_revoked(1));
    ASSERT_TRUE(slow->execute("COMMIT"));
    EXPECT_TRUE(box.turn_until([&] { return box.told.has_revoked(1); }));
}

TEST(PostgresFeed, WhatWasRevokedWhileTheFeedWasAwayIsFoundWhenItIsBack) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_trusted());
    PostgresServer::shared().execute(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' "
        "AND datname = current_database(); "
        "INSERT INTO sluice_revocations (tag) VALUES (5)");
    EXPECT_TRUE(box.turn_until([&] { return box.told.has_revoked(5); }));
    const MonotonicTime trusted = box.told.trusted_until;
    EXPECT_TRUE(box.turn_until([&] { return box.told.trusted_until > trusted; }));
}

TEST(PostgresFeed, MemoryIsNotTrustedWhileTheDatabaseIsAway) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_trusted());
    EXPECT_GT(box.told.trusted_until, std::chrono::steady_clock::now() + seconds{55});
    PostgresServer::shared().stop("immediate");
    box.turn_until([&] { return box.store().state() == StoreState::away; });
    const MonotonicTime trusted = box.told.trusted_until;
    const MonotonicTime end = std::chrono::steady_clock::now() + milliseconds{1500};
    while (std::chrono::steady_clock::now() < end) box.turn();
    EXPECT_EQ(box.told.trusted_until, trusted);
    PostgresServer::shared().start();
    EXPECT_TRUE(box.turn_until([&] { return box.told.trusted_until > trusted; }));
}

/// A database whose owner, no superuser, is called "boxes".
std::string database_of_boxes() {
    PostgresServer& server = PostgresServer::shared();
    const std::string database = server.create_database();
    server.execute(database,
                   "CREATE ROLE boxes LOGIN; GRANT ALL ON SCHEMA public TO boxes; "
                   "DO $$ BEGIN EXECUTE format('GRANT ALL ON DATABASE %I TO boxes', "
                   "current_database()); END $$");
    return database;
}

TEST(PostgresFeed, MemoryIsNotTrustedBeforeTheFeedHasSpoken) {
    PostgresServer& server = PostgresServer::shared();
    const std::string database = database_of_boxes();
    const std::string url =
        fmt::format("postgresql://boxes@127.0.0.1:{}/{}", server.port(), database);
    ASSERT_TRUE(migrate({.url = Secret(url)}));
    server.execute(database, "REVOKE SELECT ON sluice_revocations FROM boxes");
    Box box(settings_for(url));
    ASSERT_TRUE(box.wait_until_available());
    ASSERT_TRUE(box.turn_until([&] { return !box.told.feed.empty(); }));
    EXPECT_FALSE(box.told.feed.back());
    EXPECT_NE(box.told.last_feed_detail.find("permission denied"), std::string::npos)
        << box.told.last_feed_detail;
    EXPECT_EQ(box.told.trusted_until, MonotonicTime{});
    EXPECT_TRUE(box.store().is_shared());
    server.execute(database, "GRANT SELECT ON sluice_revocations TO boxes");
    ASSERT_TRUE(box.wait_until_trusted());
    box.turn_until([&] { return box.told.feed.back(); });
    EXPECT_EQ(box.told.feed.size(), 2u) << "each change is told once";
}

TEST(PostgresFeed, AwayForLongerThanRevocationsAreKeptIsAGap) {
    const std::string database = new_database();
    PostgresSettings settings = settings_for_database(database);
    settings.revocations_kept = seconds{2};
    Box box(settings);
    ASSERT_TRUE(box.wait_until_trusted());
    EXPECT_EQ(box.told.gaps, 0u);
    const auto away_for = [&](Duration time) {
        PostgresServer::shared().stop("immediate");
        const MonotonicTime end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end) box.turn();
        PostgresServer::shared().start();
        const MonotonicTime trusted = box.told.trusted_until;
        return box.turn_until([&] { return box.told.trusted_until > trusted; });
    };
    ASSERT_TRUE(away_for(seconds{3}));
    EXPECT_EQ(box.told.gaps, 1u);
    EXPECT_EQ(box.told.feed, (std::vector<bool>{true, false, true}));
}

TEST(PostgresFeed, ARevocationIsKnownToTheOtherBoxAtOnce) {
    const std::string database = new_database();
    Box here(settings_for_database(database));
    Box there(settings_for_database(database));
    ASSERT_TRUE(here.wait_until_trusted());
    ASSERT_TRUE(there.wait_until_trusted());
    std::vector<Duration> latencies;
    for (std::uint64_t tag = 100; tag < 150; ++tag) {
        const MonotonicTime began = std::chrono::steady_clock::now();
        ASSERT_TRUE(here.get(here.store().revoke(token::GrantTag(tag))));
        while (!there.told.has_revoked(tag)) {
            there.turn();
            ASSERT_LT(std::chrono::steady_clock::now() - began, seconds{1});
        }
        latencies.push_back(std::chrono::steady_clock::now() - began);
    }
    std::ranges::sort(latencies);
    RecordProperty("median_us", static_cast<int>(latencies[25].count() / 1000));
    RecordProperty("longest_us", static_cast<int>(latencies.back().count() / 1000));
    EXPECT_LT(latencies[45], milliseconds{400}) << "notifications do not arrive";
}

}  // namespace
}  // namespace sluice::storage::postgres
