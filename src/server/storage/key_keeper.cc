#include "server/storage/key_keeper.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "server/storage/server_keys.h"

namespace sluice::server {
namespace {

constexpr Duration first_pause = std::chrono::milliseconds{100};
constexpr Duration longest_pause = std::chrono::seconds{5};

}  // namespace

KeyKeeper::KeyKeeper(Parts parts, std::span<const Secret> sealing_keys)
    : parts_(std::move(parts)),
      sealing_(std::make_shared<const Sealing>(sealing_keys)),
      wanted_(parts_.shard),
      handed_out_(parts_.shard) {
    CHECK(parts_.shard.index() == 0 && parts_.hand_out, "one hands keys out");
}

io::Task<void> KeyKeeper::run(io::CancelScope& scope) {
    wanted_.set();
    while (co_await wanted_.wait(&scope)) {
        wanted_.reset();
        Duration pause = first_pause;
        while (!scope.cancelled() && !co_await try_once()) {
            co_await io::Sleep(parts_.shard, pause, &scope);
            pause = std::min(pause * 2, longest_pause);
        }
    }
}

io::Task<bool> KeyKeeper::try_once() {
    const std::shared_ptr<const Sealing> sealing = sealing_;  // reseal() may come in between
    auto keys = co_await load_server_keys(parts_.store, *sealing, parts_.shard.random());
    if (!keys) {
        if (keys.error() == KeysFault::away) co_return false;
        refuse();
        co_return true;
    }
    if (handed_out_.is_set()) {
        parts_.log.line(LogLevel::info, parts_.shard.wall_now(), "sealing_keys_read");
        co_return true;
    }
    co_await parts_.hand_out(*std::move(keys));
    CHECK(!handed_out_.is_set(), "keys are handed out once");
    handed_out_.set();
    co_return true;
}

io::Task<void> KeyKeeper::wait_until_handed_out(io::CancelScope& scope) {
    co_await handed_out_.wait(&scope);
}

void KeyKeeper::refuse() {
    parts_.log.line(LogLevel::error, parts_.shard.wall_now(), "sealing_keys_refused")
        .add("problem",
             "cannot open the stored keys: the sealing key is not the one they were sealed with");
    if (handed_out_.is_set()) return;
    parts_.log.flush();
    parts_.fatal_error.fail();
}

void KeyKeeper::reseal(std::span<const Secret> sealing_keys) {
    sealing_ = std::make_shared<const Sealing>(sealing_keys);
    wanted_.set();
}

}  // namespace sluice::server
