// Engine selection: the storage engine that [storage] names, opened.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "config/config.h"
#include "storage/store.h"

namespace sluice::server {

/// For the process; all of it outlives the engine.
struct EngineNeeds {
    unsigned shard_count;
    Clock& clock;
    Random& random;        // used while it is opened, only
    bool is_tool = false;  // a command, perhaps beside a server
};

struct OpenedEngine {
    std::unique_ptr<storage::Engine> engine;
    std::vector<std::string> notices;  // what was found, a line each, for the log
};
/// On the thread that will drop it, before the shards run. Errors tell what to do.
std::expected<OpenedEngine, std::string> make_engine(const config::Config& config,
                                                     const EngineNeeds& needs);

/// The keys that seal what `config` stores: those it has, or those of its key file, which is made
/// where it is time to. Empty with memory. Before the engine is made: a database that is there
/// without its key is an error. Errors tell what to do.
std::expected<std::vector<Secret>, std::string> find_sealing_keys(
    const config::StorageConfig& config, Random& random);

/// All that a process holds of its storage.
struct OpenedStorage {
    std::unique_ptr<Clock> clock;  // the engine's
    std::vector<Secret> sealing_keys;
    std::unique_ptr<storage::Engine> engine;
    std::vector<std::string> notices;
};
/// For a server: find_sealing_keys(), then make_engine().
std::expected<OpenedStorage, std::string> open_storage(const config::Config& config,
                                                       unsigned shard_count, Random& random);

}  // namespace sluice::server
