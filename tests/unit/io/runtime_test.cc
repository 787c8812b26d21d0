#include "io/runtime.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "io/listener.h"
#include "io/sharded.h"
#include "tests/support/byte_peer.h"
#include "tests/support/echo_service.h"

namespace sluice::io {
namespace {

using simulation::BytePeer;
using std::chrono::milliseconds;

const KernelRing::Options small{.submissions = 256, .completions = 1024, .buffers = 64};

std::unique_ptr<Runtime> make_runtime(unsigned shards, Clock& clock) {
    auto made = Runtime::create(shards, small, clock);
    EXPECT_TRUE(made.has_value()) << made.error();
    return made ? *std::move(made) : nullptr;
}

TEST(Runtime, StartsOneShardACoreWhereNoNumberIsGiven) {
    SystemClock clock;
    const auto runtime = make_runtime(0, clock);
    EXPECT_EQ(runtime->count(), usable_cores().size());
}

TEST(Runtime, RunsEachRootOnAThreadOfItsOwn) {
    SystemClock clock;
    const auto runtime = make_runtime(3, clock);
    std::mutex mutex;
    std::set<std::thread::id> threads;
    std::set<unsigned> indexes;
    runtime->start([&](Shard& shard, Event&) -> Task<void> {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
        indexes.insert(shard.index());
        co_return;
    });
    runtime->join();
    EXPECT_EQ(threads.size(), 3u);
    EXPECT_EQ(indexes, (std::set<unsigned>{0, 1, 2}));
}

/// While it lives, nothing can be opened.
class NoDescriptors {
public:
    NoDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit none{0, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

TEST(Runtime, StopsWhereNoDescriptorIsLeft) {
#if __has_feature(undefined_behavior_sanitizer)
    GTEST_SKIP() << "the sanitizer looks at an object through a pipe, which it cannot open here";
#endif
    SystemClock clock;
    const auto runtime = make_runtime(2, clock);
    std::atomic<int> stopped = 0;
    runtime->start([&](Shard&, Event& stop) -> Task<void> {
        co_await stop.wait();
        ++stopped;
    });
    const NoDescriptors none;
    runtime->request_stop();
    runtime->join();
    EXPECT_EQ(stopped, 2);
}

TEST(Runtime, SaysThatDescriptorsAreMissing) {
    SystemClock clock;
    const NoDescriptors none;
    const auto made = Runtime::create(1, small, clock);
    ASSERT_FALSE(made.has_value());
    EXPECT_NE(made.error().find("RLIMIT_NOFILE"), std::string::npos) << made.error();
    const auto wakers = make_wakers(1);
    ASSERT_FALSE(wakers.has_value());
    EXPECT_EQ(wakers.error(), made.error());
}

TEST(Runtime, StopsWhenAskedTwiceAndTooLate) {
    SystemClock clock;
    const auto runtime = make_runtime(2, clock);
    std::atomic<int> stopped = 0;
    runtime->start([&](Shard& shard, Event& stop) -> Task<void> {
        if (shard.index() == 0) co_return;  // this one has ended by itself
        co_await stop.wait();
        ++stopped;
    });
    std::this_thread::sleep_for(milliseconds{20});
    runtime->request_stop();
    runtime->request_stop();
    runtime->join();
    EXPECT_EQ(stopped, 1);
}

TEST(Runtime, TakesAStopAfterEveryRootHasEnded) {
    SystemClock clock;
    const auto runtime = make_runtime(2, clock);
    std::atomic<int> ended = 0;
    runtime->start([&](Shard&, Event&) -> Task<void> {
        ++ended;
        co_return;
    });
    std::this_thread::sleep_for(milliseconds{50});
    EXPECT_EQ(ended, 2);
    runtime->request_stop();
    runtime->join();
}

TEST(Runtime, SleepsAsLongAsItSays) {
    SystemClock clock;
    const auto runtime = make_runtime(1, clock);
    Duration slept{};
    runtime->start([&](Shard& shard, Event&) -> Task<void> {
        const MonotonicTime start = clock.monotonic();
        co_await Sleep(shard, milliseconds{30});
        slept = clock.monotonic() - start;
    });
    runtime->join();
    EXPECT_GE(slept, milliseconds{30});
    EXPECT_LT(slept, milliseconds{500});
}

struct Counter {
    std::uint64_t value = 0;
    std::thread::id last;
};

Task<void> count(Shard& shard, const Sharded<Counter>& counters, int calls) {
    const auto home = std::this_thread::get_id();
    for (int i = 0; i < calls; ++i) {
        co_await counters.call(shard, shard.random().next_u64() % counters.count(),
                               [](Counter& counter) {
                                   ++counter.value;
                                   counter.last = std::this_thread::get_id();
                               });
        CHECK(std::this_thread::get_id() == home);
    }
}

Task<void> count_in_parallel(Shard& shard, const Sharded<Counter>& counters) {
    TaskGroup tasks;
    for (int i = 0; i < 16; ++i) tasks.spawn(count(shard, counters, 500));
    co_await tasks.join();
}

TEST(Runtime, CallsBetweenShardsAreAnsweredOnceAndRunOnTheOwner) {
    SystemClock clock;
    const auto runtime = make_runtime(3, clock);
    std::vector<Counter> instances(3);
    Sharded<Counter> counters;
    for (unsigned i = 0; i < 3; ++i) counters.set(i, instances[i]);
    runtime->start([&](Shard& shard, Event&) { return count_in_parallel(shard, counters); });
    runtime->join();
    EXPECT_EQ(instances[0].value + instances[1].value + instances[2].value, 3u * 16 * 500);
    EXPECT_NE(instances[0].last, instances[1].last);
    EXPECT_NE(instances[1].last, instances[2].last);
}

/// Where the first shard's listener is; the others listen there too.
Address free_port() {
    std::optional<Address> found;
    SystemClock clock;
    const auto runtime = make_runtime(1, clock);
    runtime->start([&](Shard& shard, Event&) -> Task<void> {
        auto listener = Listener::open(shard, *Address::parse("127.0.0.1:0"));
        EXPECT_TRUE(listener.has_value());
        found = (*listener)->local_address();
        co_await (*listener)->close();
    });
    runtime->join();
    EXPECT_NE(found->port(), 0);
    return *found;
}

Task<void> send_all(BytePeer& peer, std::string bytes) {
    EXPECT_TRUE(co_await peer.send(std::move(bytes)));
}

Task<void> check_echo(Shard& shard, Address address, std::string bytes) {
    auto peer = co_await BytePeer::connect(shard, address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    TaskGroup sending;
    sending.spawn(send_all(*peer, bytes));
    EXPECT_EQ(co_await peer->take(bytes.size()), bytes);
    co_await sending.join();
    co_await peer->close();
}

Task<void> be_clients(Shard& shard, Address address, int clients) {
    TaskGroup tasks;
    for (int i = 0; i < clients; ++i) {
        std::string bytes(static_cast<std::size_t>(1 + i * i * 300),
                          static_cast<char>('a' + i % 26));
        tasks.spawn(check_echo(shard, address, std::move(bytes)));
    }
    co_await tasks.join();
}

TEST(Runtime, EchoesOverRealSocketsOnTwoShards) {
    SystemClock clock;
    const Address address = free_port();
    const auto servers = make_runtime(2, clock);
    servers->start(
        [&](Shard& shard, Event& stop) { return simulation::serve_echo(shard, stop, address); });
    const auto clients = make_runtime(1, clock);
    clients->start([&](Shard& shard, Event&) { return be_clients(shard, address, 40); });
    clients->join();
    servers->request_stop();
    servers->join();
}

Task<void> hold(Shard& shard, Address address, std::atomic<int>* connected) {
    auto peer = co_await BytePeer::connect(shard, address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    EXPECT_TRUE(co_await peer->send("hello"));
    EXPECT_EQ(co_await peer->take(5), "hello");
    ++*connected;
    EXPECT_EQ(co_await peer->take_to_end(), "");
    co_await peer->close();
}

TEST(Runtime, AStopEndsConnectionsThatAreIdle) {
    SystemClock clock;
    const Address address = free_port();
    const auto servers = make_runtime(2, clock);
    servers->start(
        [&](Shard& shard, Event& stop) { return simulation::serve_echo(shard, stop, address); });
    std::atomic<int> connected = 0;
    const auto clients = make_runtime(1, clock);
    clients->start([&](Shard& shard, Event&) -> Task<void> {
        TaskGroup tasks;
        for (int i = 0; i < 10; ++i) tasks.spawn(hold(shard, address, &connected));
        co_await tasks.join();
    });
    while (connected < 10) std::this_thread::sleep_for(milliseconds{1});
    servers->request_stop();
    servers->join();
    clients->join();
}

TEST(RuntimeDeathTest, DroppedBeforeJoinIsACheck) {
    EXPECT_DEATH(
        {
            SystemClock clock;
            const auto runtime = make_runtime(1, clock);
            runtime->start([](Shard&, Event&) -> Task<void> { co_return; });
        },
        "dropped before join");
}

}  // namespace
}  // namespace sluice::io
