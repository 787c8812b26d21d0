#include "server/storage/shard_storage.h"

#include <utility>

#include "base/check.h"
#include "oauth/jwt_access_token.h"

namespace sluice::server {
namespace {

// Clients that come meanwhile wait in the listener's queue.
constexpr Duration patience_max = std::chrono::seconds{1};
constexpr Duration retry_interval = std::chrono::seconds{1};

}  // namespace

ShardStorage::ShardStorage(const Parts& parts)
    : parts_(parts),
      link_(parts.shard, parts.log, parts.fatal_error),
      store_(parts.opened.engine->open(parts.shard)),
      begun_(parts.shard) {
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
    CHECK(stores_.size() == 0, "before the shards run");
    link_.tell(auth);
}

void ShardStorage::start(Everybody everybody) {
    CHECK(stores_.size() == 0 && keepers_.size() == 0, "storage starts once");
    stores_.spawn(store_->run(storing_));
    if (!penalties_) return begin();
    keepers_.spawn(penalties_->run(keeping_));
    if (parts_.shard.index() != 0) return;
    for (const std::string& notice : parts_.opened.notices) {
        parts_.log.line(LogLevel::warning, parts_.shard.wall_now(), "storage_notice")
            .add("detail", notice);
    }
    keys_.emplace(KeyKeeper::Parts{parts_.shard, *store_, parts_.log, parts_.fatal_error,
                                   std::move(everybody.use_keys)},
                  parts_.opened.sealing_keys);
    keepers_.spawn(keys_->run(keeping_));
    keep_signing_keys(everybody);
    keepers_.spawn(prepare(std::move(everybody.begin)));
}

void ShardStorage::keep_signing_keys(Everybody& everybody) {
    if (parts_.auth == nullptr || !oauth::issues_jwts(*parts_.auth)) return;
    signing_keys_.emplace(SigningKeyKeeper::Parts{parts_.shard, *store_, parts_.log, *parts_.auth,
                                                  [this] { return keys_->sealing(); },
                                                  std::move(everybody.use_signing_keys)});
    keepers_.spawn(run_signing_keys());
}

io::Task<void> ShardStorage::run_signing_keys() {
    co_await keys_->wait_until_handed_out(keeping_);
    co_await signing_keys_->run(keeping_);
}

io::Task<void> ShardStorage::prepare(std::function<io::Task<void>()> begin) {
    co_await penalties_->load(keeping_);
    if (keys_) co_await keys_->wait_until_handed_out(keeping_);
    // What the configuration has dropped is over before anybody is served, if that can be.
    bool all_ended = auth_ == nullptr || keeping_.cancelled();
    if (!all_ended) all_ended = co_await auth_->end_dropped_accounts();
    if (!keeping_.cancelled()) co_await begin();
    while (!all_ended && co_await io::Sleep(parts_.shard, retry_interval, &keeping_)) {
        all_ended = co_await auth_->end_dropped_accounts();
    }
}

io::Task<void> ShardStorage::wait_until_begun() {
    io::CancelScope patience;
    io::Deadline end(patience);
    parts_.shard.timers().start(end, parts_.shard.now() + patience_max);
    co_await begun_.wait(&patience);
}

io::Task<void> ShardStorage::stop() {
    keeping_.cancel();
    co_await keepers_.join();
    CHECK(!storing_.cancelled(), "storage stops once");
    storing_.cancel();
    co_await stores_.join();
    signing_keys_.reset();
    keys_.reset();
}

bool ShardStorage::is_ready() const {
    return begun_.is_set() && store_->state() == storage::StoreState::available;
}

std::optional<bool> ShardStorage::feed_follows() const {
    CHECK(parts_.shard.index() == 0, "shard 0 is told");
    if (!store_->is_shared()) return std::nullopt;
    return link_.follows();
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
