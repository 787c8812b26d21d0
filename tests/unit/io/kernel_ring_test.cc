#include "io/kernel_ring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "io/event.h"
#include "io/listener.h"
#include "io/stream.h"
#include "io/task_group.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A shard on a ring of the kernel, turned by the test.
struct KernelRingTest : testing::Test {
    void SetUp() override { open({.submissions = 8, .completions = 64, .buffers = 4}); }

    void open(const KernelRing::Options& options) {
        auto made = KernelRing::create(options);
        ASSERT_TRUE(made.has_value()) << made.error();
        ring = made->get();
        ring->adopt_by_this_thread();
        shard = std::make_unique<Shard>(
            0, Shard::Parts{*std::move(made), std::make_unique<SeededRandom>(1), &clock});
        Shard* const alone = shard.get();
        shard->set_peers(std::span(&alone, 1));
    }

    /// Turns the shard until the task has ended; fails after some seconds.
    void run(Task<void> task) {
        TaskGroup group;
        group.spawn(std::move(task));
        const MonotonicTime end = clock.monotonic() + seconds{20};
        while (group.size() > 0) {
            ASSERT_LT(clock.monotonic(), end);
            shard->turn(milliseconds{100});
        }
        shard->turn(Duration::zero());
    }

    SystemClock clock;
    KernelRing* ring = nullptr;
    std::unique_ptr<Shard> shard;
};

struct Connected {
    std::unique_ptr<Stream> client;
    std::unique_ptr<Stream> server;
};

Task<void> accept_into(Shard& shard, Listener& listener, std::unique_ptr<Stream>& into) {
    const auto fd = co_await listener.accept();
    EXPECT_TRUE(fd.has_value());
    into = std::make_unique<Stream>(shard, *fd);
}

Task<Connected> connect_pair(Shard& shard, Address address) {
    auto listener = Listener::open(shard, address);
    EXPECT_TRUE(listener.has_value());
    Connected pair;
    TaskGroup accepting;
    accepting.spawn(accept_into(shard, **listener, pair.server));
    auto client = co_await connect(shard, (*listener)->local_address(), nullptr);
    EXPECT_TRUE(client.has_value());
    pair.client = *std::move(client);
    co_await accepting.join();
    co_await (*listener)->close();
    co_return pair;
}

Task<void> close_pair(Connected& pair) {
    co_await pair.client->close();
    co_await pair.server->close();
}

const Address any_port = *Address::parse("127.0.0.1:0");

Task<std::string> receive_count(Stream& stream, std::size_t count) {
    std::string all;
    while (all.size() < count) {
        const auto received = co_await stream.receive();
        EXPECT_TRUE(received.has_value());
        if (!received || received->bytes().empty()) break;
        all += received->bytes();
    }
    co_return all;
}

Task<void> send_text(Stream& stream, std::string text, CancelScope* scope, Result<void>* result) {
    *result = co_await stream.send(text, scope);
}

Task<void> exchange(Shard& shard, Address address) {
    Connected pair = co_await connect_pair(shard, address);
    EXPECT_TRUE(co_await pair.client->send("hello"));
    EXPECT_EQ(co_await receive_count(*pair.server, 5), "hello");
    pair.client->end_sending();
    const auto end = co_await pair.server->receive();
    EXPECT_TRUE(end.has_value() && end->bytes().empty());
    EXPECT_TRUE(co_await pair.server->send("world"));
    EXPECT_EQ(co_await receive_count(*pair.client, 5), "world");
    co_await close_pair(pair);
}

TEST_F(KernelRingTest, ExchangesBytesOverIpv4) {
    run(exchange(*shard, any_port));
}

TEST_F(KernelRingTest, ExchangesBytesOverIpv6) {
    run(exchange(*shard, *Address::parse("[::1]:0")));
}

TEST_F(KernelRingTest, ExchangesBytesOverAUnixSocket) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("sluice_kernel_ring_test_" + std::to_string(getpid()));
    run(exchange(*shard, *Address::parse("unix:" + path.string())));
    std::filesystem::remove(path);
}

Task<void> send_and_receive_much(Shard& shard, std::size_t bytes) {
    Connected pair = co_await connect_pair(shard, any_port);
    std::string much(bytes, 'm');
    for (std::size_t i = 0; i < much.size(); i += 997) much[i] = static_cast<char>('a' + i % 26);
    Result<void> sent;
    TaskGroup sending;
    sending.spawn(send_text(*pair.client, much, nullptr, &sent));
    co_await Sleep(shard, milliseconds{20});
    std::string all;
    while (all.size() < much.size()) {
        auto received = co_await pair.server->receive();
        EXPECT_TRUE(received && !received->bytes().empty());
        if (!received || received->bytes().empty()) break;
        all += received->bytes();
    }
    EXPECT_TRUE(all == much);
    co_await sending.join();
    EXPECT_TRUE(sent.has_value());
    co_await close_pair(pair);
}

TEST_F(KernelRingTest, CarriesMuchMoreThanItsPoolOfBuffersHolds) {
    run(send_and_receive_much(*shard, std::size_t{8} * 1024 * 1024));
}

struct NoWatcher : PeerWatcher {
    void on_peer_ended(Error) override {}
};

/// Streams that are only watched keep what came; the pool has four buffers for all of them.
Task<void> fill_the_pool_and_go_on(Shard& shard) {
    std::vector<Connected> pairs;
    NoWatcher watcher;
    for (int i = 0; i < 6; ++i) pairs.push_back(co_await connect_pair(shard, any_port));
    for (int i = 0; i < 5; ++i) {
        pairs[static_cast<std::size_t>(i)].server->watch(&watcher);
        for (const char* bytes : {"a", "b", "c"}) {
            EXPECT_TRUE(co_await pairs[static_cast<std::size_t>(i)].client->send(bytes));
            co_await Sleep(shard, milliseconds{1});
        }
    }
    EXPECT_TRUE(co_await pairs[5].client->send("must get through"));
    EXPECT_EQ(co_await receive_count(*pairs[5].server, 16), "must get through");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(co_await receive_count(*pairs[static_cast<std::size_t>(i)].server, 3), "abc");
    }
    for (Connected& pair : pairs) co_await close_pair(pair);
}

TEST_F(KernelRingTest, UnreadBytesOfSomeDoNotStarveTheOthers) {
    run(fill_the_pool_and_go_on(*shard));
}

Task<void> cancel_a_stuck_send(Shard& shard) {
    Connected pair = co_await connect_pair(shard, any_port);
    CancelScope scope;
    Deadline deadline(scope);
    shard.timers().start(deadline, shard.now() + milliseconds{50});
    Result<void> sent;
    TaskGroup sending;
    sending.spawn(send_text(*pair.client, std::string(64 * 1024 * 1024, 'x'), &scope, &sent));
    co_await sending.join();
    EXPECT_FALSE(sent.has_value());
    EXPECT_TRUE(sent.error().timed_out());
    co_await close_pair(pair);
}

TEST_F(KernelRingTest, ASendThatNobodyReadsEndsWithItsScope) {
    run(cancel_a_stuck_send(*shard));
}

Task<void> cancel_receives(Shard& shard) {
    Connected pair = co_await connect_pair(shard, any_port);
    for (int i = 0; i < 20; ++i) {
        CancelScope scope;
        Deadline deadline(scope);
        shard.timers().start(deadline, shard.now() + milliseconds{2});
        const auto received = co_await pair.server->receive(&scope);
        EXPECT_FALSE(received.has_value());
        EXPECT_TRUE(received.error().timed_out());
    }
    EXPECT_TRUE(co_await pair.client->send("still there"));
    EXPECT_EQ(co_await receive_count(*pair.server, 11), "still there");
    co_await close_pair(pair);
}

TEST_F(KernelRingTest, AReceiveThatTimedOutLeavesTheStreamUsable) {
    run(cancel_receives(*shard));
}

Task<void> refuse(Shard& shard) {
    auto listener = Listener::open(shard, any_port);
    const Address address = (*listener)->local_address();
    co_await (*listener)->close();
    co_await Sleep(shard, milliseconds{5});
    const auto refused = co_await connect(shard, address, nullptr);
    EXPECT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error(), Error{ECONNREFUSED});
}

Task<void> connect_to_nobody_and_stop(Shard& shard) {
    auto listener = Listener::open(shard, any_port);
    EXPECT_TRUE(listener.has_value());
    const Address address = (*listener)->local_address();
    auto client = co_await connect(shard, address, nullptr);
    EXPECT_TRUE(client.has_value());
    co_await (*listener)->stop();
    const auto waiting = (*listener)->take();
    EXPECT_TRUE(waiting.has_value());
    if (!waiting) co_return;
    Stream server(shard, *waiting);
    EXPECT_TRUE(co_await (*client)->send("still here"));
    EXPECT_EQ(co_await receive_count(server, 10), "still here");
    EXPECT_FALSE((co_await connect(shard, address, nullptr)).has_value());
    co_await (*client)->close();
    co_await server.close();
    co_await (*listener)->close();
}

TEST_F(KernelRingTest, AListenerThatStopsGivesOutWhoWaitedInItsQueue) {
    run(connect_to_nobody_and_stop(*shard));
}

TEST_F(KernelRingTest, TellsThatAConnectionIsRefused) {
    run(refuse(*shard));
}

Task<void> connect_to_nowhere(Shard& shard) {
    auto listener = Listener::open(shard, *Address::parse("192.0.2.1:80"));
    EXPECT_FALSE(listener.has_value());
    EXPECT_EQ(listener.error(), Error{EADDRNOTAVAIL});
    co_return;
}

TEST_F(KernelRingTest, TellsThatAnAddressIsNotItsOwn) {
    run(connect_to_nowhere(*shard));
}

struct CountingWatcher : PeerWatcher {
    void on_peer_ended(Error error) override {
        ++told;
        why = error;
    }
    int told = 0;
    Error why{};
};

Task<void> watch_a_peer_leave(Shard& shard) {
    Connected pair = co_await connect_pair(shard, any_port);
    CountingWatcher watcher;
    pair.server->watch(&watcher);
    co_await Sleep(shard, milliseconds{5});
    EXPECT_EQ(watcher.told, 0);
    pair.client->abort();
    for (int i = 0; i < 200 && watcher.told == 0; ++i) co_await Sleep(shard, milliseconds{5});
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{});
    co_await close_pair(pair);
}

TEST_F(KernelRingTest, TellsAWatcherThatThePeerHasLeft) {
    run(watch_a_peer_leave(*shard));
}

/// The peer ends its direction, and only later breaks the connection.
Task<void> watch_a_peer_break_after_its_end(Shard& shard) {
    Connected pair = co_await connect_pair(shard, any_port);
    CountingWatcher watcher;
    pair.server->watch(&watcher);
    pair.client->end_sending();
    co_await Sleep(shard, milliseconds{700});
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{});
    EXPECT_TRUE(co_await pair.server->send("never read, so that closing resets"));
    co_await Sleep(shard, milliseconds{20});
    co_await pair.client->close();
    for (int i = 0; i < 200 && watcher.told == 1; ++i) co_await Sleep(shard, milliseconds{5});
    EXPECT_EQ(watcher.told, 2);
    EXPECT_EQ(watcher.why, Error{ECONNRESET});
    co_await pair.server->close();
}

TEST_F(KernelRingTest, TellsAWatcherOfABreakBehindTheEnd) {
    run(watch_a_peer_break_after_its_end(*shard));
}

/// It waits for so long that the connection itself is watched, and nothing but a break is told.
Task<void> watch_a_peer_for_long(Shard& shard) {
    Connected pair = co_await connect_pair(shard, any_port);
    CountingWatcher watcher;
    pair.server->watch(&watcher);
    co_await Sleep(shard, milliseconds{700});
    EXPECT_TRUE(co_await pair.client->send("bytes"));
    co_await Sleep(shard, milliseconds{20});
    EXPECT_EQ(watcher.told, 0);
    EXPECT_EQ(co_await receive_count(*pair.server, 5), "bytes");
    EXPECT_TRUE(co_await pair.server->send("never read, so that closing resets"));
    co_await Sleep(shard, milliseconds{20});
    co_await pair.client->close();
    for (int i = 0; i < 200 && watcher.told == 0; ++i) co_await Sleep(shard, milliseconds{5});
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{ECONNRESET});
    co_await pair.server->close();
}

TEST_F(KernelRingTest, TellsAWatcherOfABreakAfterALongWait) {
    run(watch_a_peer_for_long(*shard));
}

class CountingOperation final : public Operation {
public:
    int completions = 0;
    int last = 0;

protected:
    void on_completion(Completion completion) override {
        ++completions;
        last = completion.result;
    }
};

TEST_F(KernelRingTest, DropsNothingWhereMoreIsAskedThanTheSubmissionQueueHolds) {
    constexpr std::size_t count = 200;  // the queue holds eight
    std::vector<std::unique_ptr<CountingOperation>> operations;
    std::vector<int> sockets;
    const auto listener = ring->open_listener(any_port);
    const Address address = ring->local_address(*listener);
    for (std::size_t i = 0; i < count; ++i) {
        operations.push_back(std::make_unique<CountingOperation>());
        sockets.push_back(*ring->open_socket(address));
        ring->connect(*operations.back(), sockets.back(), address);
    }
    for (int i = 0; i < 100; ++i) ring->run_once(milliseconds{1});
    for (const auto& operation : operations) {
        EXPECT_EQ(operation->completions, 1);
        EXPECT_EQ(operation->last, 0);
        EXPECT_FALSE(operation->in_flight());
    }
    for (const int fd : sockets) ring->close(fd);
    ring->close(*listener);
    ring->run_once(Duration::zero());
}

TEST(KernelRing, ClosesWhatItOpenedBeforeItsThreadHasStarted) {
    auto made = KernelRing::create({.submissions = 8, .completions = 64, .buffers = 4});
    ASSERT_TRUE(made.has_value()) << made.error();
    const auto listener = (*made)->open_listener(any_port);
    ASSERT_TRUE(listener.has_value());
    (*made)->close(*listener);
    EXPECT_EQ(fcntl(*listener, F_GETFD), -1);
}

/// Fails to make a ring under a limit, in a child process, and ends it with the explanation.
[[noreturn]] void explain_under(__rlimit_resource_t resource, rlim_t limit) {
    const rlimit low{limit, limit};
    if (setrlimit(resource, &low) != 0) std::_Exit(3);
    const auto made = KernelRing::create({});
    std::fprintf(stderr, "%s\n", made ? "it could be made" : made.error().c_str());
    std::_Exit(made ? 2 : 1);
}

TEST(KernelRingDeathTest, ExplainsThatDescriptorsAreOut) {
    EXPECT_EXIT(explain_under(RLIMIT_NOFILE, 3), testing::ExitedWithCode(1), "RLIMIT_NOFILE");
}

TEST(KernelRingDeathTest, ExplainsASizeThatTheKernelRefuses) {
    const auto made = KernelRing::create({.submissions = 1u << 20});
    ASSERT_FALSE(made.has_value());
    EXPECT_NE(made.error().find("refused"), std::string::npos) << made.error();
}

}  // namespace
}  // namespace sluice::io
