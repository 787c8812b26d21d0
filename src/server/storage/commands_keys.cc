// `sluice keys rotate`: the next signing key, ahead of its time.
#include <fmt/format.h>

#include <cstdio>

#include "base/random.h"
#include "oauth/jwt_access_token.h"
#include "server/storage/commands.h"
#include "server/storage/engine.h"
#include "server/storage/sealing.h"
#include "server/storage/signing_key_store.h"
#include "server/storage/store_work.h"

namespace sluice::server {
namespace {

io::Task<int> rotate(storage::Store& store, io::Shard& shard, const Sealing& sealing,
                     const oauth::Settings& settings) {
    const auto made = co_await rotate_signing_keys(store, sealing, shard.random(), settings,
                                                   numeric_date(shard.wall_now()));
    if (made) {
        fmt::print("{} key {} is published within a minute and signs in {} minutes\n",
                   to_text(made->key.algorithm()), made->key.key_id(),
                   std::chrono::floor<std::chrono::minutes>(oauth::published_ahead).count());
        co_return 0;
    }
    co_return complain(
        made.error() == KeysFault::away
            ? "the database does not answer, or another rotation was quicker: "
              "nothing was changed"
            : "the stored keys cannot be opened: the sealing key is not the one they "
              "were sealed with");
}

}  // namespace

int run_rotate_keys(const RotateKeysCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    if (!config->storage().durable()) return complain("engine \"memory\" keeps no keys");
    if (!config->auth() || !oauth::issues_jwts(*config->auth())) {
        return complain("no [[resource]] has token_format = \"jwt\": there are no signing keys");
    }
    SystemRandom random;
    const auto keys = find_sealing_keys(config->storage(), random);
    if (!keys) return complain(keys.error());
    const Sealing sealing(*keys);
    const auto work = [&](storage::Store& store, io::Shard& shard) {
        return rotate(store, shard, sealing, *config->auth());
    };
    const auto status = work_on_store(*config, work);
    return status ? *status : complain(status.error());
}

}  // namespace sluice::server
