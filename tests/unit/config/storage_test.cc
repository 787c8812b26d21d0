// The rules of [storage].
#include "config/sealing_keys.h"
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using namespace std::chrono_literals;
using Engine = StorageConfig::Engine;

constexpr std::string_view long_key = "0123456789abcdef0123456789abcdef";

std::string storage(std::string_view lines) {
    return followed_by("[storage]\n" + std::string(lines));
}

std::string postgres(std::string_view lines = "") {
    return storage("engine = \"postgres\"\nurl = \"postgresql://db.example/sluice\"\nkey = \"" +
                   std::string(long_key) + "\"\n" + std::string(lines));
}

TEST(ConfigStorage, IsSqliteBesideTheConfigurationUnlessToldOtherwise) {
    for (const std::string& toml : {std::string(valid_toml), storage("")}) {
        const StorageConfig storage = config_of(toml).storage();
        EXPECT_EQ(storage.engine, Engine::sqlite);
        EXPECT_EQ(storage.path, "/etc/sluice.db");
        EXPECT_EQ(storage.tokens_in_memory, 1'000'000U);
        EXPECT_TRUE(storage.durable());
    }
}

TEST(ConfigStorage, SqliteMakesItsKeyBesideTheDatabaseUnlessOneIsGiven) {
    const StorageConfig made = config_of(storage("path = \"a/b.db\"\n")).storage();
    EXPECT_EQ(made.key_file, "/etc/a/b.db.key");
    EXPECT_TRUE(made.makes_key_file);
    EXPECT_TRUE(made.keys.empty());

    FakeEnvironment environment;
    environment.files["keys"] = std::string(long_key) + "\n\nx" + std::string(long_key) + "\r\n";
    const StorageConfig given = config_of(storage("key_file = \"keys\"\n"), environment).storage();
    EXPECT_EQ(given.key_file, "/etc/keys");
    EXPECT_FALSE(given.makes_key_file);
    ASSERT_EQ(given.keys.size(), 2U);
    EXPECT_EQ(given.keys[0].reveal(), long_key);
    EXPECT_EQ(given.keys[1].reveal(), "x" + std::string(long_key));
}

TEST(ConfigStorage, MemoryKeepsNothing) {
    const StorageConfig memory = config_of(storage("engine = \"memory\"\n")).storage();
    EXPECT_EQ(memory.engine, Engine::memory);
    EXPECT_FALSE(memory.durable());
}

TEST(ConfigStorage, PostgresHasTheDocumentedDefaults) {
    const StorageConfig storage = config_of(postgres()).storage();
    EXPECT_EQ(storage.engine, Engine::postgres);
    EXPECT_EQ(storage.url.reveal(), "postgresql://db.example/sluice");
    EXPECT_FALSE(storage.plain_tokens);
    EXPECT_EQ(storage.connections, 4U);
    EXPECT_EQ(storage.connect_timeout, 5s);
    EXPECT_EQ(storage.statement_timeout, 2s);
    EXPECT_EQ(storage.max_waiting, 4096U);
    EXPECT_EQ(storage.max_staleness, 60s);
    EXPECT_FALSE(storage.redis);
    EXPECT_TRUE(config_of(postgres("tokens = \"plain\"\n")).storage().plain_tokens);
}

TEST(ConfigStorage, PostgresNeedsAUrlAndAKeyAndSaysHowToMakeOne) {
    const std::string problems = problems_of(storage("engine = \"postgres\"\n"));
    EXPECT_TRUE(problems.contains("t:11: storage.url: is missing")) << problems;
    EXPECT_TRUE(problems.contains("t:11: storage.key: is missing")) << problems;
    EXPECT_TRUE(problems.contains("openssl rand -base64 32")) << problems;
    expect_problem(replaced("postgresql://", "mysql://", postgres()), "13: storage.url",
                   "has to begin with postgresql://");
}

TEST(ConfigStorage, EnginesAreAClosedSet) {
    expect_problem(storage("engine = \"redis\"\n"), "12: storage.engine",
                   "is not one of memory, sqlite, postgres");
    expect_problem(postgres("tokens = \"clear\"\n"), "15: storage.tokens", "hashed, plain");
}

TEST(ConfigStorage, KeysOfAnotherEngineAreAMistake) {
    expect_problem(storage("url_env = \"U\"\n"), "12: storage.url_env", "engine \"postgres\"");
    expect_problem(storage("connections = 4\n"), "12: storage.connections", "\"postgres\"");
    expect_problem(storage("max_staleness = \"1m\"\n"), "12: storage.max_staleness", "postgres");
    expect_problem(postgres("path = \"a.db\"\n"), "15: storage.path", "engine \"sqlite\"");
    expect_problem(storage("engine = \"memory\"\npath = \"a.db\"\n"), "13: storage.path", "sqlite");
    expect_problem(storage("engine = \"memory\"\ntokens_in_memory = 5000\n"),
                   "13: storage.tokens_in_memory", "\"sqlite\" or \"postgres\"");
    expect_problem(storage("engine = \"memory\"\nkey_env = \"K\"\n"), "13: storage.key_env",
                   "\"sqlite\" or \"postgres\"");
}

TEST(ConfigStorage, NumbersHaveLimits) {
    for (const auto& [key, outside] : {std::pair{"connections", "0"},
                                       {"connections", "65"},
                                       {"connect_timeout", "\"2m\""},
                                       {"statement_timeout", "\"1ms\""},
                                       {"max_waiting", "0"},
                                       {"max_staleness", "\"500ms\""},
                                       {"tokens_in_memory", "999"}}) {
        expect_problem(postgres(std::string(key) + " = " + outside + "\n"),
                       "15: storage." + std::string(key), "is not between");
    }
}

TEST(ConfigStorage, RedisHasAUrlAndATimeout) {
    const auto redis = config_of(storage("[storage.redis]\nurl = \"redis://:pw@cache.example\"\n"))
                           .storage()
                           .redis;
    ASSERT_TRUE(redis);
    EXPECT_EQ(redis->timeout, 50ms);
    EXPECT_EQ(redis->host, "cache.example");
    EXPECT_EQ(redis->password.reveal(), "pw");
    EXPECT_FALSE(redis->trust);
    expect_problem(storage("[storage.redis]\n"), "12: storage.redis.url", "is missing");
    expect_problem(storage("[storage.redis]\nurl = \"cache.example\"\n"), "13: storage.redis.url",
                   "has to be redis://");
}

TEST(ConfigStorage, RedisOverTlsIsVerified) {
    const std::string_view tls = "[storage.redis]\nurl = \"rediss://cache.example\"\n";
    expect_problem(storage(tls), "13: storage.redis.url", "ca-certificates");
    expect_problem(storage(std::string(tls) + "ca = \"none.pem\"\n"), "14: storage.redis.ca",
                   "cannot be read");
    expect_problem(storage("[storage.redis]\nurl = \"redis://cache.example\"\nca = \"a.pem\"\n"),
                   "14: storage.redis.ca", "has no effect");
}

TEST(SealingKeys, AreLongEnoughAndNeverRepeatedInAProblem) {
    expect_problem(storage("key = \"canary-short\"\n"), "12: storage.key", "32 characters");
    EXPECT_FALSE(problems_of(storage("key = \"canary-short\"\n")).contains("canary"));
    EXPECT_FALSE(parse_sealing_keys("").has_value());
    EXPECT_FALSE(parse_sealing_keys("\n \n").has_value());
    EXPECT_FALSE(parse_sealing_keys(std::string(long_key) + "\nshort\n").has_value());
    EXPECT_EQ(parse_sealing_keys(long_key)->size(), 1U);
}

}  // namespace
}  // namespace sluice::config::testing
