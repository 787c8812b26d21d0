#include "server/storage/store_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include "base/random.h"
#include "base/result.h"
#include "io/event.h"
#include "io/runtime.h"
#include "io/task_group.h"
#include "server/storage/engine.h"

namespace sluice::server {
namespace {

/// Remembers why the store is not there.
class Listener final : public storage::StoreListener {
public:
    void on_revoked(token::GrantTag) override {}
    void on_trust(MonotonicTime) override {}
    void on_gap() override {}
    void on_feed(bool, std::string_view) override {}
    void on_state(storage::StoreState, std::string_view detail) override { detail_ = detail; }
    const std::string& detail() const { return detail_; }

private:
    std::string detail_;
};

struct Work {
    storage::Store& store;
    Duration patience;  // until the store is there
    const std::function<io::Task<int>(storage::Store&, io::Shard&)>& work;
    std::optional<int> status;  // nothing: it was never there
};

io::Task<bool> wait_for(storage::Store& store, io::Shard& shard, Duration patience) {
    const MonotonicTime until = shard.now() + patience;
    while (store.state() == storage::StoreState::away && shard.now() < until) {
        co_await io::Sleep(shard, std::chrono::milliseconds{10});
    }
    co_return store.state() == storage::StoreState::available;
}

io::Task<void> run(io::Shard& shard, Work& work) {
    io::CancelScope scope;
    io::TaskGroup tasks;
    tasks.spawn(work.store.run(scope));
    if (co_await wait_for(work.store, shard, work.patience)) {
        work.status = co_await work.work(work.store, shard);
    }
    scope.cancel();
    co_await tasks.join();
}

}  // namespace

int complain(std::string_view sentence) {
    fmt::print(stderr, "sluice: {}\n", sentence);
    return 1;
}

std::string_view describe(storage::StoreError error) {
    return error == storage::StoreError::overloaded
               ? "the database is overloaded; nothing was changed"
               : "the database does not answer; whether anything was changed is unknown";
}

std::expected<int, std::string> work_on_store(
    const config::Config& config,
    const std::function<io::Task<int>(storage::Store&, io::Shard&)>& work) {
    std::signal(SIGPIPE, SIG_IGN);
    SystemClock clock;
    SystemRandom random;
    TRY(const std::unique_ptr<io::Runtime> runtime, io::Runtime::create(1, {}, clock));
    const EngineNeeds needs{.shard_count = 1, .clock = clock, .random = random, .is_tool = true};
    TRY(const OpenedEngine opened, make_engine(config, needs));
    Listener listener;
    const std::unique_ptr<storage::Store> store = opened.engine->open(runtime->shard(0));
    store->listen(listener);
    const Duration patience = config.storage().connect_timeout + std::chrono::seconds{1};
    Work what{*store, patience, work, std::nullopt};
    runtime->start([&](io::Shard& shard, io::Event&) { return run(shard, what); });
    runtime->join();
    if (what.status) return *what.status;
    return std::unexpected(fmt::format("the database cannot be reached: {}", listener.detail()));
}

}  // namespace sluice::server
