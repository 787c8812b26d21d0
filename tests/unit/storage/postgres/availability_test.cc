// The engine while its database is away, stalled, or kills its sessions.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/storage/postgres/box.h"

namespace sluice::storage::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

BlockingConnection connect_to(const std::string& database) {
    auto opened = BlockingConnection::open({.url = Secret(PostgresServer::shared().url(database))});
    CHECK(opened.has_value(), opened ? "" : opened.error());
    return *std::move(opened);
}

TEST(PostgresAvailability, StartsWhileTheDatabaseIsAwayAndComesUpWithIt) {
    const std::string database = new_database();
    PostgresServer::shared().stop("fast");
    Box box(settings_for_database(database));
    box.turn_until([&] { return !box.told.states.empty(); });
    EXPECT_EQ(box.told.states.front(), StoreState::away);
    EXPECT_NE(box.told.last_detail.find("refused"), std::string::npos) << box.told.last_detail;
    EXPECT_EQ(box.store().state(), StoreState::away);
    EXPECT_EQ(box.put("a", "1"), "unavailable");
    PostgresServer::shared().start();
    ASSERT_TRUE(box.wait_until_available());
    EXPECT_EQ(box.told.states.back(), StoreState::available);
    EXPECT_EQ(box.put("a", "1"), "done");
}

TEST(PostgresAvailability, ComesBackAfterTheServerWasStoppedAtOnceAndHasAllThatWasAcknowledged) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_available());
    for (int i = 0; i < 50; ++i) ASSERT_EQ(box.put(std::to_string(i), "1"), "done");
    PostgresServer::shared().stop("immediate");
    box.turn_until([&] { return box.store().state() == StoreState::away; });
    EXPECT_EQ(box.put("later", "1"), "unavailable");
    PostgresServer::shared().start();
    ASSERT_TRUE(box.wait_until_available());
    const auto all = box.get(box.store().list(DocumentKind::client, "", 1000));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->size(), 50u);
}

TEST(PostgresAvailability, AStatementThatWaitsForALockMissesItsDeadlineAndLaterOnesDoNot) {
    const std::string database = new_database();
    PostgresSettings settings = settings_for_database(database);
    settings.statement_timeout = milliseconds{300};
    Box box(std::move(settings));
    ASSERT_TRUE(box.wait_until_available());
    ASSERT_EQ(box.put("before", "1"), "done");
    BlockingConnection other = connect_to(database);
    ASSERT_TRUE(other.execute("BEGIN; LOCK TABLE sluice_documents"));
    const MonotonicTime began = std::chrono::steady_clock::now();
    EXPECT_EQ(box.put("during", "1"), "unavailable");
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{2});
    ASSERT_TRUE(other.execute("ROLLBACK"));
    ASSERT_TRUE(box.turn_until([&] { return box.put("after", "1") == "done"; }));
}

TEST(PostgresAvailability, CallsBeyondTheBoundAreRefusedAtOnce) {
    const std::string database = new_database();
    PostgresSettings settings = settings_for_database(database);
    settings.waiting_max = 8;
    Box box(std::move(settings));
    ASSERT_TRUE(box.wait_until_available());
    BlockingConnection other = connect_to(database);
    ASSERT_TRUE(other.execute("BEGIN; LOCK TABLE sluice_documents"));
    std::vector<std::optional<StoreResult<Outcome>>> results(8);
    std::vector<std::string> keys;
    for (int i = 0; i < 8; ++i) keys.push_back(std::to_string(i));
    io::TaskGroup group;
    for (std::size_t i = 0; i < 8; ++i) {
        const Document document{DocumentKind::client, keys[i], "v"};
        const auto put = [](Store& store, Document what) -> io::Task<StoreResult<Outcome>> {
            co_return co_await store.put(what, PutMode::replace);
        };
        group.spawn(Box::put_value(put(box.store(), document), &results[i]));
    }
    EXPECT_EQ(box.put("ninth", "1"), "overloaded");
    ASSERT_TRUE(other.execute("ROLLBACK"));
    box.turn_until([&] { return group.size() == 0; });
    for (const auto& result : results) EXPECT_EQ(**result, Outcome::done);
    EXPECT_EQ(box.put("ninth", "1"), "done");
}

TEST(PostgresAvailability, SessionsThatAreKilledLoseNothingThatWasAcknowledged) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_available());
    BlockingConnection other = connect_to(database);
    std::vector<std::string> acknowledged;
    for (int i = 0; i < 400; ++i) {
        if (i % 40 == 20) {
            ASSERT_TRUE(
                other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                              "WHERE datname = current_database() AND application_name = 'sluice'"
                              " AND pid <> pg_backend_pid()"));
        }
        const std::string key = std::to_string(i);
        if (box.put(key, "v") == "done") acknowledged.push_back(key);
        if (box.store().state() == StoreState::away) {
            ASSERT_TRUE(box.wait_until_available());
        }
    }
    EXPECT_GT(acknowledged.size(), 300u);
    for (const std::string& key : acknowledged) {
        const auto value = box.get(box.store().get({DocumentKind::client, key}));
        ASSERT_TRUE(value && *value) << key;
    }
}

TEST(PostgresAvailability, ADeadlockIsTriedAgain) {
    const std::string database = new_database();
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_available());
    ASSERT_EQ(box.outcome(box.store().put({DocumentKind::authorization_code, "code", "x"},
                                          PutMode::replace)),
              "done");
    BlockingConnection other = connect_to(database);
    ASSERT_TRUE(
        other.execute("SET deadlock_timeout = '60s'; BEGIN; INSERT INTO sluice_documents "
                      "VALUES (7, 'code', 'theirs', 'infinity')"));
    const Sample sample(5, box.now(), box.shard().random());
    std::optional<StoreResult<Outcome>> result;
    io::TaskGroup group;
    const NewTokens tokens = sample.new_tokens();
    const DocumentKey code{DocumentKind::authorization_code, "code"};
    const Document redeemed{DocumentKind::redeemed_code, "code", "ours"};
    group.spawn(Box::put_value(box.store().redeem(code, redeemed, tokens), &result));
    // The engine's transaction has the code and waits for the mark; now the other waits for the
    // code.
    for (int i = 0; i < 20; ++i) box.turn();
    ASSERT_EQ(PQsendQuery(other.native(), "DELETE FROM sluice_documents WHERE kind = 6; ROLLBACK"),
              1);
    ASSERT_EQ(PQflush(other.native()), 0);
    box.turn_until([&] { return group.size() == 0; });
    ASSERT_TRUE(*result);
    EXPECT_EQ(**result, Outcome::done);
    const auto value = box.get(box.store().get({DocumentKind::redeemed_code, "code"}));
    EXPECT_EQ(value->value_or(""), "ours");
    EXPECT_NE(PostgresServer::shared().query(database,
                                             "SELECT deadlocks FROM pg_stat_database "
                                             "WHERE datname = current_database()"),
              "");
}

TEST(PostgresAvailability, OneRedeemsACodeWhateverIsolationTheDatabaseHasByDefault) {
    const std::string database = new_database();
    PostgresServer::shared().execute(
        "postgres",
        "ALTER DATABASE " + database + " SET default_transaction_isolation = 'serializable'");
    Box box(settings_for_database(database));
    ASSERT_TRUE(box.wait_until_available());
    constexpr std::size_t racers = 16;
    for (std::uint64_t round = 0; round < 10; ++round) {
        ASSERT_EQ(box.outcome(box.store().put({DocumentKind::authorization_code, "code", "x"},
                                              PutMode::replace)),
                  "done");
        std::vector<Sample> samples;
        std::vector<NewTokens> tokens;
        for (std::uint64_t i = 0; i < racers; ++i) {
            samples.emplace_back(round * 100 + i, box.now(), box.shard().random());
        }
        for (const Sample& sample : samples) tokens.push_back(sample.new_tokens());
        std::vector<std::optional<StoreResult<Outcome>>> results(racers);
        const DocumentKey code{DocumentKind::authorization_code, "code"};
        const Document mark{DocumentKind::redeemed_code, "code", "mark"};
        io::TaskGroup group;
        for (std::size_t i = 0; i < racers; ++i) {
            group.spawn(Box::put_value(box.store().redeem(code, mark, tokens[i]), &results[i]));
        }
        box.turn_until([&] { return group.size() == 0; });
        EXPECT_EQ(
            std::ranges::count_if(
                results, [](const auto& result) { return *result && **result == Outcome::done; }),
            1);
        EXPECT_TRUE(std::ranges::all_of(results, [](const auto& result) { return bool(*result); }));
    }
}

TEST(PostgresAvailability, NoServerAnswersAndNoShardWaitsForIt) {
    // A socket that listens and says nothing.
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(fd, 16), 0);
    socklen_t length = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    PostgresSettings settings =
        settings_for(PostgresServer::shared().url("postgres", ntohs(address.sin_port)));
    settings.connect_timeout = milliseconds{200};
    Box box(std::move(settings));
    const MonotonicTime began = std::chrono::steady_clock::now();
    EXPECT_EQ(box.put("a", "1"), "unavailable");
    EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds{100});
    box.turn_until([&] { return !box.told.states.empty(); });
    EXPECT_NE(box.told.last_detail.find("within 200 ms"), std::string::npos)
        << box.told.last_detail;
    close(fd);
}

TEST(PostgresAvailability, TheSecondHostIsTriedWhereTheFirstSaysNothing) {
    const std::string database = new_database();
    const std::string port = std::to_string(PostgresServer::shared().port());
    // Nobody answers at the first one, which is for documentation (RFC 5737).
    PostgresSettings settings = settings_for("postgresql://postgres@192.0.2.1:" + port +
                                             ",127.0.0.1:" + port + "/" + database);
    settings.connections_per_shard = 1;
    settings.connect_timeout = milliseconds{300};
    Box box(std::move(settings));
    ASSERT_TRUE(box.wait_until_available());
    EXPECT_EQ(box.put("a", "1"), "done");
}

TEST(PostgresAvailability, ADatabaseThatTakesNoWritesIsAwayUntilItDoes) {
    const std::string database = new_database();
    PostgresServer& server = PostgresServer::shared();
    server.execute("postgres",
                   "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
    Box box(settings_for_database(database));
    box.turn_until([&] { return !box.told.states.empty(); });
    EXPECT_EQ(box.told.states.front(), StoreState::away);
    EXPECT_NE(box.told.last_detail.find("read-only"), std::string::npos) << box.told.last_detail;
    server.execute("postgres",
                   "ALTER DATABASE " + database + " RESET default_transaction_read_only");
    ASSERT_TRUE(box.wait_until_available());
    EXPECT_EQ(box.put("a", "1"), "done");
}

TEST(PostgresSettings, AUrlThatIsNoneIsRefusedWithoutBeingQuoted) {
    PostgresSettings settings;
    settings.url = Secret("secret-password-but-no-url");
    const auto engine = PostgresEngine::create(std::move(settings), 1);
    ASSERT_FALSE(engine);
    EXPECT_EQ(engine.error().find("secret-password"), std::string::npos);
    EXPECT_NE(engine.error().find("postgresql://"), std::string::npos);
}

}  // namespace
}  // namespace sluice::storage::postgres
