// Storage of one shard: its store, what the store tells, and what is kept there beside the
// authorization server's own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "io/event.h"
#include "io/shard.h"
#include "io/sharded.h"
#include "io/task_group.h"
#include "oauth/authorization_server.h"
#include "resource/decision/guard.h"
#include "server/storage/counted_store.h"
#include "server/storage/engine.h"
#include "server/storage/fatal_error.h"
#include "server/storage/key_keeper.h"
#include "server/storage/penalty_keeper.h"
#include "server/storage/signing_key_keeper.h"
#include "server/storage/store_link.h"
#include "storage/store.h"

namespace sluice::server {

/// All are constructed, on one thread, before the shards run; then each is used on its own shard.
class ShardStorage {
public:
    struct Parts {
        io::Shard& shard;
        Log& log;
        OpenedStorage& opened;
        FatalError& fatal_error;
        const resource::Settings& resources;
        const io::Sharded<resource::Guard>& guards;
        resource::Guard& guard;       // this shard's
        const oauth::Settings* auth;  // null: no tokens are issued
    };
    explicit ShardStorage(const Parts& parts);
    ShardStorage(const ShardStorage&) = delete;
    ShardStorage& operator=(const ShardStorage&) = delete;

    storage::Store& store() { return *store_; }
    /// Whom to tell of what the store says. Before the shards run; null: nobody.
    void serve(oauth::AuthorizationServer* auth);

    /// How shard 0 reaches every shard.
    struct Everybody {
        std::function<io::Task<void>(oauth::Keys)> use_keys;
        std::function<io::Task<void>(std::shared_ptr<const oauth::SigningKeys>)> use_signing_keys;
        std::function<io::Task<void>()> begin;  // what a start needs is there: begin()
    };
    void start(Everybody everybody);
    /// What a start needs has come out of the store.
    void begin() { begun_.set(); }
    /// Until begin(), but not for ever: where the store is away it is served without.
    io::Task<void> wait_until_begun();
    /// Once nothing but this uses the store: writes what is left and lets go of it.
    io::Task<void> stop();

    /// The store is there, and what a start needs has come out of it.
    bool is_ready() const;
    /// Whether the store hears of revocations elsewhere; nothing where nobody else writes to it. On
    /// shard 0.
    std::optional<bool> feed_follows() const;
    /// New sealing keys, or why there are none. On shard 0, while it works.
    void reseal(const std::expected<std::vector<Secret>, std::string>& keys);
    /// Nothing where nothing is kept.
    std::optional<StoreCounts> counts() const;

private:
    void keep_signing_keys(Everybody& everybody);
    io::Task<void> run_signing_keys();
    io::Task<void> prepare(std::function<io::Task<void>()> begin);

    Parts parts_;
    StoreLink link_;
    std::unique_ptr<storage::Store> store_;
    CountedStore* counted_ = nullptr;  // store_, where it keeps anything
    oauth::AuthorizationServer* auth_ = nullptr;
    std::optional<KeyKeeper> keys_;                 // on shard 0, where the store keeps anything
    std::optional<SigningKeyKeeper> signing_keys_;  // beside them, where JWTs are issued
    std::optional<PenaltyKeeper> penalties_;        // where the store keeps anything
    io::Event begun_;
    io::CancelScope keeping_;
    io::TaskGroup keepers_;
    io::CancelScope storing_;
    io::TaskGroup stores_;
};

}  // namespace sluice::server
