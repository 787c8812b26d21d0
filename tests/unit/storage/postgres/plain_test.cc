// Tokens in plain, beside a Python server on the same tables.
#include <array>

#include "storage/postgres/plain_tables.h"
#include "tests/unit/storage/postgres/box.h"

namespace sluice::storage::postgres {
namespace {

constexpr const char* foreign_refresh = "python-refresh-token-1";
constexpr const char* foreign_access = "python-access-token-1";

PostgresSettings plain_settings(const std::string& database) {
    PostgresSettings settings = settings_for_database(database);
    settings.plain_tokens = true;
    return settings;
}

TokenKey foreign_key(std::string_view text) {
    const crypto::Digest digest = crypto::sha256(text);
    return {foreign_tag(digest), digest, text};
}

std::string insert(std::string_view table, std::string_view token, std::string_view scopes,
                   std::string_view expires_at) {
    return "INSERT INTO " + std::string(table) +
           " (token, client_id, scopes, resource, expires_at, created_at, user_id) VALUES ('" +
           std::string(token) + "', 'py-client', " + std::string(scopes) + ", NULL, " +
           std::string(expires_at) + ", " + std::string(expires_at) + ", 'bob')";
}

class PlainTypes : public testing::TestWithParam<std::array<const char*, 4>> {};

TEST_P(PlainTypes, TokensThatPythonWroteAreLoadedAndOursAreWrittenInItsTypes) {
    const auto& [scopes_type, time_type, scopes_value, time_value] = GetParam();
    const std::string database = PostgresServer::shared().create_database();
    for (const char* table : {"mcp_access_tokens", "mcp_refresh_tokens"}) {
        PostgresServer::shared().execute(
            database, std::string("CREATE TABLE ") + table +
                          " (token text PRIMARY KEY, client_id text NOT NULL, scopes " +
                          scopes_type + " NOT NULL, resource text, expires_at " + time_type +
                          ", created_at " + time_type + ", user_id text);" +
                          insert(table, std::string("old-") + table, scopes_value, time_value));
    }
    const auto migrated =
        migrate({.url = Secret(PostgresServer::shared().url(database)), .plain_tokens = true});
    ASSERT_TRUE(migrated) << migrated.error();
    Box box(plain_settings(database));
    ASSERT_TRUE(box.wait_until_available()) << box.told.last_detail;

    const auto family = box.get(box.store().load(foreign_key("old-mcp_access_tokens")));
    ASSERT_TRUE(family);
    ASSERT_EQ(family->access.size(), 1u);
    EXPECT_TRUE(family->refresh.empty());
    const StoredToken& token = family->access.front();
    EXPECT_EQ(token.digest, crypto::sha256("old-mcp_access_tokens"));
    EXPECT_EQ(token.client_id, "py-client");
    EXPECT_EQ(token.username, "bob");
    EXPECT_EQ(token.scope, "a b");
    EXPECT_EQ(token.resource, "");
    EXPECT_EQ(token.expires_at, 4'000'000'000);

    const Sample sample(3, box.now(), box.shard().random());
    ASSERT_EQ(box.outcome(box.store().add_grant(sample.new_tokens())), "done");
    const std::string condition = "token = '" + sample.refresh_text + "'";
    EXPECT_EQ(PostgresServer::shared().query(
                  database,
                  "SELECT client_id || user_id || resource FROM mcp_refresh_tokens "
                  "WHERE " +
                      condition),
              "client-1alicehttps://notes.example/mcp");
    EXPECT_EQ(PostgresServer::shared().query(
                  database,
                  "SELECT replace(replace(scopes::text, ',', ' '), '\"', '') LIKE "
                  "'%notes:read%notes:write%' FROM mcp_refresh_tokens WHERE " +
                      condition),
              "t");
}

INSTANTIATE_TEST_SUITE_P(All, PlainTypes,
                         testing::Values(std::array{"text", "bigint", "'a b'", "4000000000"},
                                         std::array{"text", "double precision", "'[\"a\", \"b\"]'",
                                                    "4000000000"},
                                         std::array{"json", "timestamptz", "'[\"a\", \"b\"]'",
                                                    "to_timestamp(4000000000)"},
                                         std::array{"jsonb", "timestamp", "'[\"a\", \"b\"]'",
                                                    "to_timestamp(4000000000) AT TIME ZONE 'UTC'"},
                                         std::array{"text[]", "bigint", "'{a,b}'", "4000000000"}));

TEST(PostgresPlain, OursAreDeletedThereWhenTheyAreReplacedOrRevoked) {
    const std::string database = new_database(true);
    Box box(plain_settings(database));
    ASSERT_TRUE(box.wait_until_available());
    const Sample first(3, box.now(), box.shard().random());
    const Sample second(3, box.now(), box.shard().random());
    ASSERT_EQ(box.outcome(box.store().add_grant(first.new_tokens())), "done");
    ASSERT_EQ(box.outcome(box.store().rotate(first.replaced(box.now()), second.new_tokens())),
              "done");
    PostgresServer& server = PostgresServer::shared();
    EXPECT_EQ(server.query(database, "SELECT string_agg(token, ',') FROM mcp_refresh_tokens"),
              second.refresh_text);
    EXPECT_EQ(server.query(database, "SELECT count(*) FROM mcp_access_tokens"), "2");
    EXPECT_EQ(server.query(database, "SELECT count(*) FROM sluice_revocations"), "0");
    ASSERT_TRUE(box.get(box.store().revoke(first.tag)));
    EXPECT_EQ(server.query(database, "SELECT count(*) FROM mcp_refresh_tokens"), "0");
    EXPECT_EQ(server.query(database, "SELECT count(*) FROM mcp_access_tokens"), "0");
    EXPECT_EQ(server.query(database, "SELECT count(*) FROM sluice_revocations"), "1");
}

TEST(PostgresPlain, ATokenOfOursThatPythonDeletesIsDeadHereAndTold) {
    const std::string database = new_database(true);
    Box box(plain_settings(database));
    ASSERT_TRUE(box.wait_until_available());
    ASSERT_TRUE(box.wait_until_trusted());
    const Sample sample(0xabcdef012345, box.now(), box.shard().random());
    ASSERT_EQ(box.outcome(box.store().add_grant(sample.new_tokens())), "done");
    PostgresServer::shared().execute(
        database, "DELETE FROM mcp_access_tokens WHERE token = '" + sample.access_text + "'");
    EXPECT_TRUE(box.turn_until([&] { return box.told.has_revoked(0xabcdef012345); }));
    const auto family = box.get(box.store().load(sample.access_key()));
    EXPECT_TRUE(family && family->access.empty() && family->refresh.empty());
}

TEST(PostgresPlain, AForeignTokenThatPythonDeletesIsToldByItsTagUnlessItHadExpired) {
    const std::string database = new_database(true);
    Box box(plain_settings(database));
    ASSERT_TRUE(box.wait_until_trusted());
    PostgresServer::shared().execute(
        database, insert("mcp_access_tokens", foreign_access, "'a'", "4000000000") + ";" +
                      insert("mcp_access_tokens", "expired", "'a'", "1000") +
                      "; DELETE FROM mcp_access_tokens");
    const std::uint64_t tag = foreign_key(foreign_access).tag.value();
    EXPECT_TRUE(box.turn_until([&] { return box.told.has_revoked(tag); }));
    EXPECT_FALSE(box.told.has_revoked(foreign_key("expired").tag.value()));
}

TEST(PostgresPlain, AForeignRefreshTokenIsRotatedIntoAFamilyOfItsTagOnce) {
    const std::string database = new_database(true);
    Box box(plain_settings(database));
    ASSERT_TRUE(box.wait_until_available());
    PostgresServer::shared().execute(
        database, insert("mcp_refresh_tokens", foreign_refresh, "'a b'", "4000000000"));
    const TokenKey key = foreign_key(foreign_refresh);
    const Sample next(key.tag.value(), box.now(), box.shard().random());
    const Sample another(key.tag.value(), box.now(), box.shard().random());
    const Replaced replaced{key.digest, foreign_refresh, box.now(), 0};
    EXPECT_EQ(box.outcome(box.store().rotate(replaced, next.new_tokens())), "done");
    EXPECT_EQ(box.outcome(box.store().rotate(replaced, another.new_tokens())), "conflict");
    EXPECT_EQ(PostgresServer::shared().query(
                  database, "SELECT string_agg(token, ',') FROM mcp_refresh_tokens"),
              next.refresh_text);
    // A box that has just started makes partitions, and what is moved into one may be missed by who
    // reads meanwhile.
    StoreResult<Family> family = std::unexpected(StoreError::unavailable);
    EXPECT_TRUE(box.turn_until([&] {
        family = box.get(box.store().load(key));
        return family && !family->access.empty() && family->refresh.size() > 1;
    }));
    ASSERT_TRUE(family);
    EXPECT_EQ(family->access.size(), 1u);
    ASSERT_EQ(family->refresh.size(), 2u);
    for (const StoredToken& token : family->refresh) {
        EXPECT_EQ(token.rotated_at > 0, token.digest == key.digest);
    }
    ASSERT_TRUE(box.get(box.store().revoke(key.tag)));
    const auto none = box.get(box.store().load(key));
    EXPECT_TRUE(none && none->access.empty() && none->refresh.empty());
}

TEST(PostgresPlain, ForeignTokensAreRevokedAndAddedToByTheirTag) {
    const std::string database = new_database(true);
    Box box(plain_settings(database));
    ASSERT_TRUE(box.wait_until_available());
    PostgresServer::shared().execute(database,
                                     insert("mcp_refresh_tokens", foreign_refresh, "'a'", "NULL"));
    const TokenKey key = foreign_key(foreign_refresh);
    const Sample more(key.tag.value(), box.now(), box.shard().random());
    NewTokens access = more.new_tokens();
    access.refresh.reset();
    EXPECT_EQ(box.outcome(box.store().add_access(access)), "done");
    ASSERT_TRUE(box.get(box.store().revoke(key.tag)));
    EXPECT_EQ(PostgresServer::shared().query(database, "SELECT count(*) FROM mcp_refresh_tokens"),
              "0");
    EXPECT_EQ(box.outcome(box.store().add_access(access)), "conflict");
}

TEST(PostgresPlain, ColumnsThatCannotBeUsedAreNamed) {
    const std::string database = new_database(true);
    PostgresServer::shared().execute(
        database,
        "ALTER TABLE mcp_access_tokens ALTER COLUMN scopes TYPE bytea USING NULL, "
        "DROP COLUMN user_id");
    Box box(plain_settings(database));
    box.turn_until([&] { return !box.told.states.empty(); });
    EXPECT_NE(box.told.last_detail.find("mcp_access_tokens.scopes is bytea"), std::string::npos);
    EXPECT_NE(box.told.last_detail.find("mcp_access_tokens.user_id is missing"), std::string::npos);
}

TEST(PostgresPlain, TextsNeverReachADatabaseThatKeepsDigestsAlone) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_available());
    const Sample sample(8, box.now(), box.shard().random());
    ASSERT_EQ(box.outcome(box.store().add_grant(sample.new_tokens())), "done");
    EXPECT_EQ(PostgresServer::shared().query(
                  database, "SELECT count(*) FROM sluice_access_tokens t WHERE t::text LIKE '%" +
                                sample.access_text.substr(4) + "%'"),
              "0");
}

}  // namespace
}  // namespace sluice::storage::postgres
