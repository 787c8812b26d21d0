// [storage] settings, checked.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "storage/redis/redis_settings.h"

namespace sluice::config {

/// What belongs to another engine is as it is by default.
struct StorageConfig {
    enum class Engine { memory, sqlite, postgres };
    Engine engine = Engine::memory;
    std::string path;  // sqlite: absolute, or from the process's folder
    Secret url;        // postgres
    bool plain_tokens = false;
    unsigned connections = 0;  // per core
    Duration connect_timeout{};
    Duration statement_timeout{};
    std::size_t max_waiting = 0;  // on each core
    Duration max_staleness{};
    std::size_t tokens_in_memory = 0;  // over all cores

    /// The first seals, all open. Empty with memory, and where `key_file` is still to be read.
    std::vector<Secret> keys;
    std::string key_file;         // read again on SIGHUP; empty: the keys came by other ways
    bool makes_key_file = false;  // where there is none yet

    std::optional<storage::RedisSettings> redis;  // absent: no other box is asked

    bool durable() const { return engine != Engine::memory; }
};

}  // namespace sluice::config
