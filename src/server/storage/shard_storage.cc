#include "server/storage/shard_storage.h"

#include <utility>

namespace sluice::server {

ShardStorage::ShardStorage(const Parts& parts)
    : parts_(parts),
      link_(parts.shard, parts.log, parts.fatal_end),
      store_(parts.opened.engine->open(parts.shard)) {
    if (!store_->keeps_nothing()) {
        auto counted = std::make_unique<CountedStore>(parts.shard, std::move(store_));
        counted_ = counted.get();
        store_ = std::move(counted);
        penalties_.emplace(
            PenaltyKeeper::Parts{parts.shard, *store_, parts.resources, parts.guards, parts.guard});
    }
    store_->listen(link_);
}

void ShardStorage::serve(oauth::AuthorizationServer* auth) {
    auth_ = auth;
    link_.tell(auth);
}

void ShardStorage::start(std::function<io::Task<void>(oauth::Keys)> hand_out) {
    stores_.spawn(store_->run(storing_));
    if (!penalties_) return;
    keepers_.spawn(penalties_->run(keeping_));
    if (parts_.shard.index() != 0) return;
    keepers_.spawn(penalties_->load(keeping_));
    for (const std::string& notice : parts_.opened.notices) {
        parts_.log.line(LogLevel::warning, parts_.shard.wall_now(), "storage_notice")
            .add("detail", notice);
    }
    if (auth_ == nullptr) return;
    keys_.emplace(
        KeyKeeper::Parts{parts_.shard, *store_, parts_.log, parts_.fatal_end, std::move(hand_out)},
        parts_.opened.sealing_keys);
    keepers_.spawn(keys_->run(keeping_));
}

io::Task<void> ShardStorage::stop() {
    keeping_.cancel();
    co_await keepers_.join();
    storing_.cancel();
    co_await stores_.join();
    keys_.reset();
}

bool ShardStorage::is_ready() const {
    return store_->state() == storage::StoreState::available &&
           (auth_ == nullptr || auth_->has_keys());
}

void ShardStorage::reseal(const std::expected<std::vector<Secret>, std::string>& keys) {
    if (!keys) {
        parts_.log.line(LogLevel::error, parts_.shard.wall_now(), "sealing_keys_refused")
            .add("problem", keys.error());
    } else if (keys_) {
        keys_->reseal(*keys);
    }
}

std::optional<StoreCounts> ShardStorage::counts() const {
    if (counted_ == nullptr) return std::nullopt;
    return counted_->counts();
}

}  // namespace sluice::server
