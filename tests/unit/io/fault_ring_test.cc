#include "tests/support/fault_ring.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/byte_peer.h"
#include "tests/support/echo_service.h"
#include "tests/support/simulation.h"

namespace sluice::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const io::Address service = *io::Address::parse("127.0.0.1:7");

class Recorder final : public io::Operation {
public:
    std::vector<int> results;
    std::string bytes;

protected:
    void on_completion(io::Completion completion) override {
        results.push_back(completion.result);
        bytes += completion.buffer.bytes();
    }
};

/// Two ends of a connection on one ring that a test turns.
struct Pair {
    explicit Pair(std::uint64_t seed, FaultRates rates)
        : network(seed), ring(network, clock, seed, {.rates = rates}) {
        listener = *ring.open_listener(service);
        while (client < 0) connect();
        while (server < 0) accept();
    }
    ~Pair() {
        for (Recorder* one : {&accepting, &connecting, &sending, &receiving}) {
            if (one->in_flight()) ring.cancel(*one);
        }
        while (ring.in_flight() > 0) turn();
        for (const int fd : {client, server, listener}) ring.close(fd);
    }
    void turn() {
        ring.run_once(milliseconds{1});
        clock.advance(milliseconds{1});
    }
    void connect() {
        const auto fd = ring.open_socket(service);
        if (!fd) return;
        ring.connect(connecting, *fd, service);
        while (connecting.in_flight()) turn();
        if (connecting.results.back() == 0) {
            client = *fd;
        } else {
            ring.close(*fd);
        }
    }
    void accept() {
        if (!accepting.in_flight()) ring.accept(accepting, listener);
        turn();
        if (!accepting.results.empty()) server = accepting.results.back();
    }

    ManualClock clock;
    SimulatedNetwork network;
    Recorder accepting, connecting, sending, receiving;
    FaultRing ring;
    int listener = -1;
    int client = -1;
    int server = -1;
};

TEST(FaultRing, WithoutFaultsDoesAsTheKernelUsuallyDoes) {
    Pair pair(1, FaultRates::none());
    pair.ring.receive(pair.receiving, pair.server);
    pair.ring.send(pair.sending, pair.client, "hello");
    pair.turn();
    pair.turn();
    EXPECT_EQ(pair.sending.results, std::vector{5});
    EXPECT_EQ(pair.receiving.results, std::vector{5});
    EXPECT_EQ(pair.receiving.bytes, "hello");
    EXPECT_TRUE(pair.receiving.in_flight());
    pair.ring.shut_down_sending(pair.client);
    pair.turn();
    EXPECT_EQ(pair.receiving.results.back(), 0);
    EXPECT_FALSE(pair.receiving.in_flight());
}

TEST(FaultRing, ASendBeyondTheQueueWaitsForTheReader) {
    Pair pair(1, FaultRates::none());
    pair.network.set_queue_bytes(3);
    pair.ring.send(pair.sending, pair.client, "hello");
    for (int i = 0; i < 5; ++i) pair.turn();
    EXPECT_TRUE(pair.sending.in_flight());
    pair.ring.receive(pair.receiving, pair.server);
    for (int i = 0; i < 5; ++i) pair.turn();
    EXPECT_EQ(pair.sending.results, std::vector{5});
    EXPECT_EQ(pair.receiving.bytes, "hello");
}

TEST(FaultRing, ACancelledSendTellsWhatWentAlready) {
    Pair pair(1, FaultRates::none());
    pair.network.set_queue_bytes(3);
    pair.ring.send(pair.sending, pair.client, "hello");
    pair.turn();
    pair.ring.cancel(pair.sending);
    pair.turn();
    EXPECT_EQ(pair.sending.results, std::vector{3});
}

TEST(FaultRing, ResetsWhereUnreadBytesAreClosedOver) {
    Pair pair(1, FaultRates::none());
    pair.ring.send(pair.sending, pair.client, "unread");
    pair.turn();
    pair.ring.close(pair.server);
    pair.server = *pair.ring.open_socket(service);  // something to close at the end
    pair.ring.receive(pair.receiving, pair.client);
    pair.turn();
    EXPECT_EQ(pair.receiving.results, std::vector{-ECONNRESET});
}

/// What a connection went through in a run of chance.
struct Seen {
    std::set<int> receive_errors;
    std::set<int> send_errors;
    bool short_send = false;
    bool short_receive = false;
    bool cancel_lost = false;
    bool cancel_won = false;
};

Seen look(std::uint64_t seeds, FaultRates rates) {
    Seen seen;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        Pair pair(seed, rates);
        pair.ring.receive(pair.receiving, pair.server);
        const std::string text(100, 'x');
        pair.ring.send(pair.sending, pair.client, text);
        for (int i = 0; i < 3; ++i) pair.turn();
        const bool was_in_flight = pair.receiving.in_flight();
        pair.ring.cancel(pair.receiving);
        const std::size_t before = pair.receiving.results.size();
        for (int i = 0; i < 100; ++i) pair.turn();
        if (was_in_flight) {
            (pair.receiving.results.at(before) >= 0 ? seen.cancel_lost : seen.cancel_won) = true;
        }
        for (const int result : pair.receiving.results) {
            if (result < 0) seen.receive_errors.insert(-result);
            if (result > 0 && result < 100) seen.short_receive = true;
        }
        for (const int result : pair.sending.results) {
            if (result < 0) seen.send_errors.insert(-result);
            if (result >= 0 && result < 100) seen.short_send = true;
        }
    }
    return seen;
}

TEST(FaultRing, DoesEveryFaultSoonerOrLater) {
    const Seen seen = look(2000, FaultRates::some());
    EXPECT_TRUE(seen.receive_errors.contains(ENOBUFS));
    EXPECT_TRUE(seen.receive_errors.contains(ECANCELED));
    EXPECT_TRUE(seen.receive_errors.contains(ECONNRESET));
    EXPECT_TRUE(seen.send_errors.contains(ECONNRESET));
    EXPECT_TRUE(seen.short_send);
    EXPECT_TRUE(seen.short_receive);
    EXPECT_TRUE(seen.cancel_lost);
    EXPECT_TRUE(seen.cancel_won);
}

TEST(FaultRing, DoesNoFaultWhereNoneIsWanted) {
    const Seen seen = look(50, FaultRates::none());
    EXPECT_EQ(seen.receive_errors, std::set{ECANCELED});
    EXPECT_TRUE(seen.send_errors.empty());
    EXPECT_FALSE(seen.short_send || seen.short_receive || seen.cancel_lost);
}

io::Task<void> note_pieces(io::Shard& shard, std::vector<std::size_t>* pieces) {
    auto peer = co_await BytePeer::connect(shard, service);
    if (!peer) co_return;
    co_await peer->send(std::string(5000, 'x'));
    for (std::size_t total = 0; total < 5000;) {
        const auto received = co_await peer->stream().receive();
        if (!received || received->bytes().empty()) break;
        pieces->push_back(received->bytes().size());
        total += received->bytes().size();
    }
    co_await peer->close();
}

std::vector<std::size_t> pieces_of(std::uint64_t seed) {
    std::vector<std::size_t> pieces;
    Simulation sim(seed, 2, {.faults = FaultRates::some()});
    sim.start([](io::Shard& shard, io::Event& stop) { return serve_echo(shard, stop, service); });
    sim.start_client([&](io::Shard& shard) { return note_pieces(shard, &pieces); });
    EXPECT_TRUE(sim.run());
    return pieces;
}

TEST(Simulation, ASeedTellsTheWholeRun) {
    EXPECT_EQ(pieces_of(7), pieces_of(7));
    EXPECT_NE(pieces_of(7), pieces_of(8));
    EXPECT_GT(pieces_of(7).size(), 5u);
}

io::Task<void> sleep_long(io::Shard& shard) {
    co_await io::Sleep(shard, std::chrono::minutes{30});
}

TEST(Simulation, LetsTimePassOnlyWhenNothingElseHappens) {
    Simulation sim(1, 1);
    sim.start_client(sleep_long);
    ASSERT_TRUE(sim.run());
    EXPECT_GE(sim.elapsed(), std::chrono::minutes{30});
    EXPECT_LE(sim.elapsed(), std::chrono::minutes{30} + milliseconds{2});
}

TEST(Simulation, FailsWhereSomebodyWaitsForEver) {
    EXPECT_NONFATAL_FAILURE(
        {
            Simulation sim(42, 1);
            sim.network().black_hole(service);
            sim.start_client([](io::Shard& shard) -> io::Task<void> {
                const auto never = co_await io::connect(shard, service, nullptr);
                EXPECT_TRUE(never.has_value());
            });
            EXPECT_FALSE(sim.run());
        },
        "simulation seed 42");
}

TEST(Simulation, NamesItsSeedInEveryFailure) {
    EXPECT_NONFATAL_FAILURE(
        {
            const Simulation sim(7, 1);
            ADD_FAILURE() << "anything";
        },
        "simulation seed 7");
}

TEST(Simulation, FailsWhereADescriptorIsLeaked) {
    EXPECT_NONFATAL_FAILURE(
        {
            Simulation sim(1, 1);
            sim.start_client([](io::Shard& shard) -> io::Task<void> {
                EXPECT_TRUE(shard.ring().open_socket(service).has_value());
                co_return;
            });
            EXPECT_FALSE(sim.run());
        },
        "1 descriptors open");
}

TEST(Simulation, FailsWhereATimerIsLeftRunning) {
    struct Forever final : io::Timer {
        void on_timer() override {}
    };
    static Forever timer;
    EXPECT_NONFATAL_FAILURE(
        {
            Simulation sim(1, 1);
            sim.start_client([](io::Shard& shard) -> io::Task<void> {
                shard.timers().start(timer, shard.now() + seconds{5});
                co_return;
            });
            EXPECT_FALSE(sim.run());
        },
        "a timer still runs");
    timer.stop();
}

}  // namespace
}  // namespace sluice::simulation
