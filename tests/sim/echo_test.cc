// An echo service under faults: bytes come back whole and in order, whatever the ring does.
#include <gtest/gtest.h>

#include "tests/support/byte_peer.h"
#include "tests/support/echo_service.h"
#include "tests/support/simulation.h"

namespace sluice::simulation {
namespace {

const io::Address service = *io::Address::parse("127.0.0.1:7");

std::string random_bytes(Dice& dice, std::size_t count) {
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>('a' + dice.below(26));
    return bytes;
}

io::Task<void> send_all(BytePeer& peer, std::string bytes, io::Event& sent) {
    EXPECT_TRUE(co_await peer.send(std::move(bytes)));
    sent.set();
}

/// Sends and receives at once, as a client must where both queues are shorter than the message.
io::Task<void> expect_echo(io::Shard& shard, std::string bytes) {
    auto peer = co_await BytePeer::connect(shard, service);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    io::Event sent(shard);
    io::TaskGroup sending;
    sending.spawn(send_all(*peer, bytes, sent));
    EXPECT_EQ(co_await peer->take(bytes.size()), bytes);
    co_await sending.join();
    co_await peer->close();
}

TEST(SimulatedEcho, GivesEveryByteBackInOrderUnderHarmlessFaults) {
    for (const std::uint64_t seed : seeds()) {
        Simulation sim(seed, 2, {.faults = FaultRates::harmless(), .client_shards = 2});
        sim.network().set_queue_bytes(sim.dice().between(1, 5000));
        sim.start(
            [](io::Shard& shard, io::Event& stop) { return serve_echo(shard, stop, service); });
        const auto clients = sim.dice().between(1, 8);
        for (std::uint64_t i = 0; i < clients; ++i) {
            const std::string bytes = random_bytes(sim.dice(), sim.dice().between(1, 6000));
            sim.start_client([bytes](io::Shard& shard) { return expect_echo(shard, bytes); },
                             static_cast<unsigned>(i % 2));
        }
        ASSERT_TRUE(sim.run());
    }
}

io::Task<void> expect_prefix(io::Shard& shard, std::string bytes, unsigned& whole) {
    auto peer = co_await BytePeer::connect(shard, service);
    if (!peer) co_return;
    if (co_await peer->send(bytes)) {
        const std::string echoed = co_await peer->take(bytes.size());
        EXPECT_TRUE(bytes.starts_with(echoed));
        if (echoed == bytes) ++whole;
    }
    co_await peer->close();
}

TEST(SimulatedEcho, NeverInventsOrReordersBytesWhenConnectionsBreak) {
    unsigned whole = 0;
    unsigned all = 0;
    for (const std::uint64_t seed : seeds()) {
        Simulation sim(seed, 2, {.faults = FaultRates::some()});
        sim.start(
            [](io::Shard& shard, io::Event& stop) { return serve_echo(shard, stop, service); });
        for (int i = 0; i < 6; ++i, ++all) {
            const std::string bytes = random_bytes(sim.dice(), sim.dice().between(1, 6000));
            sim.start_client(
                [bytes, &whole](io::Shard& shard) { return expect_prefix(shard, bytes, whole); });
        }
        ASSERT_TRUE(sim.run());
    }
    EXPECT_GT(whole, all / 2);
    if (seed_count() >= 100) EXPECT_LT(whole, all);
}

io::Task<void> hold_until_end(io::Shard& shard) {
    auto peer = co_await BytePeer::connect(shard, service);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    EXPECT_EQ(co_await peer->take_to_end(), "");
    co_await peer->close();
}

TEST(SimulatedEcho, DrainEndsIdleConnections) {
    for (const std::uint64_t seed : seeds()) {
        Simulation sim(seed, 3, {.faults = FaultRates::harmless()});
        sim.start(
            [](io::Shard& shard, io::Event& stop) { return serve_echo(shard, stop, service); });
        for (int i = 0; i < 5; ++i) sim.start_client(hold_until_end);
        sim.start_client([&sim](io::Shard& shard) -> io::Task<void> {
            co_await io::Sleep(shard, std::chrono::seconds{5});
            sim.request_stop();
        });
        ASSERT_TRUE(sim.run());
    }
}

}  // namespace
}  // namespace sluice::simulation
