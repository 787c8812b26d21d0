#include "server/storage/signing_key_keeper.h"

#include <utility>

#include "io/event.h"
#include "server/storage/signing_key_store.h"

namespace sluice::server {
namespace {

constexpr Duration pause = std::chrono::seconds{1};  // after an attempt that failed
static_assert(SigningKeyKeeper::look_interval < oauth::published_ahead / 2);

}  // namespace

io::Task<void> SigningKeyKeeper::run(io::CancelScope& scope) {
    while (!scope.cancelled()) {
        const Duration wait = co_await look() ? look_interval : pause;
        co_await io::Sleep(parts_.shard, wait, &scope);
    }
}

io::Task<bool> SigningKeyKeeper::look() {
    const std::shared_ptr<const Sealing> sealing = parts_.sealing();
    auto records =
        co_await load_signing_keys(parts_.store, *sealing, parts_.shard.random(), parts_.settings,
                                   numeric_date(parts_.shard.wall_now()));
    if (!records) {
        if (records.error() == KeysFault::sealed_by_other) {
            parts_.log.line(LogLevel::error, parts_.shard.wall_now(), "signing_keys_refused")
                .add("problem", "a stored signing key cannot be opened with the sealing keys");
        }
        co_return false;
    }
    auto keys = std::make_shared<const oauth::SigningKeys>(*records);
    if (keys->jwks_json() == known_) co_return true;
    known_ = keys->jwks_json();
    parts_.log.line(LogLevel::info, parts_.shard.wall_now(), "signing_keys_read")
        .add("keys", records->size())
        .add("newest", records->back().key.key_id())
        .add("used_from", records->back().used_from);
    co_await parts_.hand_out(std::move(keys));
    co_return true;
}

}  // namespace sluice::server
