// [storage] as it is written: every key with its default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/quantity.h"
#include "config/setting.h"

namespace sluice::config {

struct RawRedis {
    Place place;
    RawSecret url;            // required: redis://host:6379, rediss:// for TLS, password included
    Setting<std::string> ca;  // rediss: a file of authorities; empty: the system's
    /// How long a request waits for an answer; then this box decides alone. 1ms to 1s.
    Setting<Duration> timeout = std::chrono::milliseconds(50);

    void each_key(auto& key) {
        key("url", url);
        key("ca", ca);
        key("timeout", timeout);
    }
};

struct RawStorage {
    Place place;
    Setting<std::string> engine = "sqlite";  // memory | sqlite | postgres
    /// sqlite: the file. A relative path counts from the configuration's folder.
    Setting<std::string> path = "sluice.db";
    RawSecret url;  // postgres, required: a connection URL, password included
    /// postgres: what is written of a token: `hashed` (SHA-256 alone) or `plain`, in the tables
    /// that Python deployments read.
    Setting<std::string> tokens = "hashed";
    Setting<std::int64_t> connections = 4;                          // postgres, per core. 1 to 64.
    Setting<Duration> connect_timeout = std::chrono::seconds(5);    // postgres. 10ms to 1m.
    Setting<Duration> statement_timeout = std::chrono::seconds(2);  // postgres. 10ms to 1m.
    /// postgres: statements that may wait for a connection, on each core. 1 to 1,000,000.
    Setting<std::int64_t> max_waiting = 4096;
    /// postgres: how long memory is believed without word from the database. 1s to 1h.
    Setting<Duration> max_staleness = std::chrono::seconds(60);
    /// sqlite, postgres: tokens held in memory, over all cores. 1,000 to 1,000,000,000.
    Setting<std::int64_t> tokens_in_memory = 1'000'000;
    /// sqlite, postgres: what seals that which has to be readable, one key a line: the first seals,
    /// all open. Required with postgres; with sqlite a file is made beside the database.
    RawSecret key;
    std::optional<RawRedis> redis;  // absent: rate limits are counted by each box for itself

    void each_key(auto& key_of) {
        key_of("engine", engine);
        key_of("path", path);
        key_of("url", url);
        key_of("tokens", tokens);
        key_of("connections", connections);
        key_of("connect_timeout", connect_timeout);
        key_of("statement_timeout", statement_timeout);
        key_of("max_waiting", max_waiting);
        key_of("max_staleness", max_staleness);
        key_of("tokens_in_memory", tokens_in_memory);
        key_of("key", key);
        key_of("redis", redis);
    }
};

}  // namespace sluice::config
