// Bringing the server's keys out of a store, and what the store tells beside.
#include "server/storage/key_keeper.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "io/task_group.h"
#include "server/storage/counted_store.h"
#include "server/storage/server_keys.h"
#include "server/storage/store_link.h"
#include "tests/support/simulation.h"
#include "tests/unit/server/documents_store.h"

namespace sluice::server::testing {
namespace {

using namespace std::chrono_literals;
using simulation::Simulation;

class Keeping : public ::testing::Test {
protected:
    Keeping() : fd_(open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
        writer_.emplace(fd_);
        log_.emplace(*writer_, LogLevel::info, LogFormat::json);
    }
    ~Keeping() override {
        ::close(fd_);
        ::unlink(path_.c_str());
    }

    /// Everything that was logged; ends the log.
    std::string logged() {
        log_->flush();
        writer_.reset();
        std::string text(64 * 1024, '\0');
        const ssize_t size = ::pread(fd_, text.data(), text.size(), 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return text;
    }

    static std::vector<Secret> keys(std::initializer_list<char> letters) {
        std::vector<Secret> keys;
        for (const char letter : letters) keys.emplace_back(std::string(40, letter));
        return keys;
    }

    KeyKeeper::Parts parts(io::Shard& shard) {
        return {shard, store_, *log_, fatal_, [this](oauth::Keys given) -> io::Task<void> {
                    given_.push_back(std::move(given));
                    co_return;
                }};
    }

    /// Runs a keeper while `client` does.
    bool run(std::vector<Secret> sealing,
             const std::function<io::Task<void>(io::Shard&, KeyKeeper&)>& client) {
        Simulation sim(1, 1);
        KeyKeeper keeper(parts(sim.shard(0)), sealing);
        sim.start([&](io::Shard&, io::Event& stop) -> io::Task<void> {
            io::CancelScope scope;
            io::TaskGroup tasks;
            tasks.spawn(keeper.run(scope));
            co_await stop.wait();
            scope.cancel();
            co_await tasks.join();
        });
        sim.start_client([&](io::Shard& shard) { return client(shard, keeper); });
        return sim.run();
    }

    const std::string path_ = ::testing::TempDir() + "/key_keeper_log";
    int fd_;
    std::optional<LogWriter> writer_;
    std::optional<Log> log_;
    DocumentsStore store_;
    int stops_ = 0;
    FatalError fatal_{[this] { ++stops_; }};
    std::vector<oauth::Keys> given_;
};

TEST_F(Keeping, HandsTheKeysOutOnceTheStoreIsThere) {
    store_.away = true;
    EXPECT_TRUE(run(keys({'a'}), [&](io::Shard& shard, KeyKeeper&) -> io::Task<void> {
        co_await io::Sleep(shard, 1s);
        EXPECT_EQ(given_.size(), 0U);
        store_.away = false;
        co_await io::Sleep(shard, 6s);
        EXPECT_EQ(given_.size(), 1U);
    }));
    EXPECT_EQ(stops_, 0);
}

TEST_F(Keeping, EndsTheProcessWhereTheStoredKeysCannotBeOpened) {
    const auto wait = [](io::Shard& shard, KeyKeeper&) -> io::Task<void> {
        co_await io::Sleep(shard, 100ms);
    };
    EXPECT_TRUE(run(keys({'a'}), wait));
    EXPECT_TRUE(run(keys({'b'}), wait));
    EXPECT_EQ(given_.size(), 1U);
    EXPECT_TRUE(fatal_.failed());
    EXPECT_EQ(stops_, 1);
    EXPECT_TRUE(logged().contains("the sealing key is not the one they were sealed with"));
}

TEST_F(Keeping, SealsAnewWhileItRuns) {
    EXPECT_TRUE(run(keys({'a'}), [&](io::Shard& shard, KeyKeeper& keeper) -> io::Task<void> {
        co_await io::Sleep(shard, 100ms);
        keeper.reseal(keys({'b', 'a'}));
        co_await io::Sleep(shard, 100ms);
        keeper.reseal(keys({'c'}));  // opens nothing: what was handed out stays
        co_await io::Sleep(shard, 100ms);
    }));
    EXPECT_EQ(given_.size(), 1U);
    EXPECT_FALSE(fatal_.failed());
    SeededRandom random(1);
    EXPECT_TRUE(at_once(load_server_keys(store_, Sealing(keys({'b'})), random)));
    const std::string log = logged();
    EXPECT_TRUE(log.contains("sealing_keys_read")) << log;
    EXPECT_TRUE(log.contains("sealing_keys_refused")) << log;
}

TEST_F(Keeping, AnEngineThatHasFailedEndsTheProcessAndOneThatIsAwayDoesNot) {
    Simulation sim(1, 1);
    StoreLink link(sim.shard(0), *log_, fatal_);
    link.on_state(storage::StoreState::available, "");
    link.on_state(storage::StoreState::away, "no route to host");
    link.on_state(storage::StoreState::away, "connection refused");
    link.on_state(storage::StoreState::available, "it answers again");
    EXPECT_FALSE(fatal_.failed());
    link.on_state(storage::StoreState::failed, "fsync: Input/output error");
    link.on_state(storage::StoreState::failed, "fsync: Input/output error");
    EXPECT_TRUE(fatal_.failed());
    EXPECT_EQ(stops_, 1);
    const std::string log = logged();
    EXPECT_FALSE(log.contains("connection refused")) << "the same news twice";
    for (const char* words : {"storage_ready", "storage_away", "no route to host", "storage_back",
                              "storage_failed", "fsync: Input/output error"}) {
        EXPECT_TRUE(log.contains(words)) << log;
    }
}

TEST(CountedStore, CountsWhatWasAskedAndWhatCameOfIt) {
    Simulation sim(1, 1);
    auto inner = std::make_unique<DocumentsStore>();
    DocumentsStore& documents = *inner;
    CountedStore store(sim.shard(0), std::move(inner));
    const storage::DocumentKey key{storage::DocumentKind::user, "alice"};
    EXPECT_TRUE(at_once(store.put({key.kind, key.key, "{}"}, storage::PutMode::only_new)));
    EXPECT_EQ(at_once(store.put({key.kind, key.key, "{}"}, storage::PutMode::only_new)),
              storage::Outcome::conflict);
    documents.away = true;
    EXPECT_FALSE(at_once(store.get(key)));
    StoreCounts counts = store.counts();
    counts += StoreCounts{};
    std::string text;
    append_prometheus(text, counts);
    for (const char* line :
         {"sluice_store_operations_total{operation=\"put\",result=\"answered\"} 2\n",
          "sluice_store_operations_total{operation=\"get\",result=\"unavailable\"} 1\n",
          "sluice_store_operations_total{operation=\"get\",result=\"answered\"} 0\n",
          "sluice_store_duration_seconds_bucket{le=\"0.0001\"} 3\n",
          "sluice_store_duration_seconds_count 3\n", "sluice_store_waiting 0\n",
          "sluice_store_shards_away 1\n"}) {
        EXPECT_TRUE(text.contains(line)) << line << text;
    }
}

}  // namespace
}  // namespace sluice::server::testing
