// Disks that are full, slow or broken.
#include <sys/resource.h>

#include <csignal>

#include "storage/sqlite/files.h"
#include "tests/unit/storage/sqlite/sqlite_fixture.h"

namespace sluice::storage::sqlite {
namespace {

using conformance::Session;
using io::Task;
using std::chrono::milliseconds;

Task<std::string> put_one(Store& store, std::string_view key) {
    const Document document{DocumentKind::user, key, "x"};
    co_return conformance::outcome(co_await store.put(document, PutMode::replace));
}

Task<void> wait_for_state(Session& session, StoreState state) {
    for (int i = 0; i < 500 && session.store().state() != state; ++i) {
        co_await session.wait(milliseconds{10});
    }
    EXPECT_EQ(session.store().state(), state);
}

TEST_F(SqliteTest, FullDiskRefusesWritesUntilThereIsRoom) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        co_await put_numbers(store, 0, 10);
        faults().disk_is_full = true;
        EXPECT_EQ(co_await put_one(store, "a"), "unavailable");
        EXPECT_EQ(co_await put_one(store, "b"), "unavailable");
        EXPECT_EQ(store.state(), StoreState::away);
        EXPECT_EQ(co_await count_numbers(store, 10), 10);  // reading goes on
        faults().disk_is_full = false;
        co_await wait_for_state(session, StoreState::available);  // without a write of ours
        EXPECT_EQ(co_await put_one(store, "c"), "done");
        EXPECT_EQ(co_await conformance::get(store, DocumentKind::user, "c"), "x");
        co_await session.wait(milliseconds{20});
        const std::vector<StoreState> told{StoreState::away, StoreState::available};
        EXPECT_EQ(session.here().listener.states, told);
    });
    run([](Session& session) -> Task<void> {
        EXPECT_EQ(co_await count_numbers(session.store(), 10), 10);
        EXPECT_EQ(co_await conformance::get(session.store(), DocumentKind::user, "c"), "x");
    });
}

TEST_F(SqliteTest, LimitOfTheFilesSizeIsAFullDisk) {
    run([&](Session& session) -> Task<void> {
        Store& store = session.store();
        co_await put_numbers(store, 0, 10);
        rlimit before{};
        EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
        auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{file_size(path() + "-wal").value_or(0), before.rlim_max};
        EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
        const std::string refused = co_await put_one(store, "a");
        EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, handler);
        EXPECT_EQ(refused, "unavailable");
        co_await wait_for_state(session, StoreState::available);
        EXPECT_EQ(co_await put_one(store, "a"), "done");
        EXPECT_EQ(co_await count_numbers(store, 10), 10);
    });
}

TEST_F(SqliteTest, FullDiskIsNoReasonNotToStart) {
    const TemporaryDirectory other;
    const std::string at = other.path() + "/sluice.db";
    run([&](Session& session) -> Task<void> {
        co_await put_numbers(session.store(), 0, 10);
        write_bytes(at, read_bytes(path()));
        write_bytes(at + "-wal", read_bytes(path() + "-wal"));  // as after a crash
    });
    faults().disk_is_full = true;
    const auto engine = open({.path = at});
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(engine->notices().size(), 1u);
    run_on(*engine, [](Session& session) -> Task<void> {
        EXPECT_EQ(co_await count_numbers(session.store(), 10), 10);
        EXPECT_EQ(co_await put_one(session.store(), "a"), "unavailable");
        faults().disk_is_full = false;
        co_await wait_for_state(session, StoreState::available);
        EXPECT_EQ(co_await put_one(session.store(), "a"), "done");
    });
}

TEST_F(SqliteTest, FailedSyncIsNeverTriedAgain) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        co_await put_numbers(store, 0, 10);
        faults().syncs_to_fail = 1;
        EXPECT_EQ(co_await put_one(store, "a"), "unavailable");
        co_await wait_for_state(session, StoreState::failed);
        const int syncs = faults().syncs;
        const int writes = faults().writes;
        EXPECT_EQ(co_await put_one(store, "b"), "unavailable");
        co_await session.wait(milliseconds{1500});
        EXPECT_EQ(faults().syncs, syncs);
        EXPECT_EQ(faults().writes, writes);
        EXPECT_EQ(session.store().state(), StoreState::failed);
        EXPECT_EQ(session.here().listener.states, std::vector{StoreState::failed});
    });
    run([](Session& session) -> Task<void> {
        EXPECT_EQ(co_await count_numbers(session.store(), 10), 10);
        EXPECT_EQ(co_await put_one(session.store(), "c"), "done");
    });
}

TEST_F(SqliteTest, NoMoreWaitsThanMay) {
    const auto engine = open({.path = path(), .waiting_max = 8});
    run_on(*engine, [](Session& session) -> Task<void> {
        faults().sync_delay_ms = 50;
        const conformance::Race race =
            co_await conformance::race(session, 64, [](conformance::Place& place, unsigned number) {
                return [](Store& store, std::string key) -> Task<StoreResult<Outcome>> {
                    const Document document{DocumentKind::user, key, "x"};
                    co_return co_await store.put(document, PutMode::only_new);
                }(*place.store, std::to_string(number));
            });
        faults().sync_delay_ms = 0;
        EXPECT_GE(race.done, 8u);
        EXPECT_GE(race.errors, 32u);
        EXPECT_EQ(race.done + race.errors, 64u);
        const auto all = co_await session.store().list(DocumentKind::user, "", 100);
        EXPECT_TRUE(all && all->size() == race.done);
    });
}

TEST_F(SqliteTest, SlowDiskDoesNotHoldReadersUp) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        co_await put_numbers(store, 0, 10);
        faults().sync_delay_ms = 1000;
        io::TaskGroup writing;
        writing.spawn([](Store& to) -> Task<void> {
            EXPECT_EQ(co_await put_one(to, "slow"), "done");
        }(store));
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(co_await count_numbers(store, 10), 10);
        EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds{900});
        co_await writing.join();
    });
}

}  // namespace
}  // namespace sluice::storage::sqlite
