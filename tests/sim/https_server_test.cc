// The HTTP server over TLS under faults: records cut anywhere, sends of any length, ends of any
// kind.
#include <gtest/gtest.h>

#include "tests/sim/https_world.h"

namespace sluice::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Work {
    std::vector<TestRequest> requests;
    std::string bytes;
    bool may_break = false;
    unsigned answered = 0;
};

Work random_work(Dice& dice) {
    Work work;
    const std::size_t count = dice.between(1, 8);
    for (std::size_t i = 0; i < count; ++i) {
        work.requests.push_back(random_request(dice));
        work.bytes += work.requests.back().text(dice);
    }
    return work;
}

io::Task<void> send_all(BytePeer& peer, std::string bytes) {
    static_cast<void>(co_await peer.send(std::move(bytes)));
}

/// Sends all requests at once, reads all answers.
io::Task<void> pipeline(HttpsWorld& world, io::Shard& shard, Work& work) {
    auto peer = co_await world.connect(shard);
    if (!work.may_break) EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    io::TaskGroup sending;
    sending.spawn(send_all(*peer, work.bytes));
    for (const TestRequest& request : work.requests) {
        const HttpAnswer answer = co_await read_answer(*peer);
        if (!answer.complete && work.may_break) break;
        EXPECT_TRUE(answer.complete) << answer.head;
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, expected_body(request.method, request.target, request.body));
        ++work.answered;
    }
    co_await sending.join();
    co_await peer->close();
}

TEST(SimulatedHttpsServer, AnswersPipelinedRequestsInOrderUnderHarmlessFaults) {
    for (const std::uint64_t seed : seeds(60)) {
        HttpsWorld world(tls_parts());
        std::vector<Work> all(5);
        std::size_t requests = 0;
        Simulation sim(seed, 2,
                       {.faults = FaultRates::harmless(),
                        .client_shards = 2,
                        .buffers = 1 + static_cast<unsigned>(seed % 8)});
        sim.network().set_queue_bytes(sim.dice().between(200, 20'000));
        world.start_tls(sim);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] = random_work(sim.dice());
            requests += all[i].requests.size();
            sim.start_client([&, i](io::Shard& shard) { return pipeline(world, shard, all[i]); },
                             i % 2);
        }
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.ended, requests);
        EXPECT_EQ(world.tally.finished, requests);
        EXPECT_EQ(world.tally.cut_off, 0u);
        EXPECT_EQ(world.handshakes, all.size());
        EXPECT_EQ(world.failed_handshakes, 0u);
        if (HasFailure()) return;
    }
}

TEST(SimulatedHttpsServer, NeverMixesAnswersUpWhenConnectionsBreak) {
    unsigned answered = 0;
    std::size_t requests = 0;
    for (const std::uint64_t seed : seeds(60)) {
        HttpsWorld world(tls_parts());
        std::vector<Work> all(5);
        Simulation sim(seed, 2, {.faults = FaultRates::some(), .client_shards = 2});
        sim.network().set_queue_bytes(sim.dice().between(200, 20'000));
        world.start_tls(sim);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] = random_work(sim.dice());
            all[i].may_break = true;
            requests += all[i].requests.size();
            sim.start_client([&, i](io::Shard& shard) { return pipeline(world, shard, all[i]); },
                             i % 2);
        }
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.started, world.service.ended);
        for (const Work& work : all) answered += work.answered;
        if (HasFailure()) return;
    }
    EXPECT_GT(answered, requests / 3);
}

TEST(SimulatedHttpsServer, TellsBrowsersToStayWithTls) {
    HttpsWorld world(tls_parts());
    world.settings.hsts = seconds{86400};
    Simulation sim(1, 1, {.faults = FaultRates::harmless()});
    world.start_tls(sim);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await world.connect(shard);
        EXPECT_NE(peer, nullptr);
        if (!peer) co_return;
        for (const std::string target : {"/answer", "/stream"}) {
            EXPECT_TRUE(co_await peer->send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
            const HttpAnswer answer = co_await read_answer(*peer);
            EXPECT_EQ(answer.field("strict-transport-security"), "max-age=86400");
        }
        co_await peer->close();
    });
    ASSERT_TRUE(sim.run());
}

/// The first bytes of a client's hello, then silence or one byte now and then.
io::Task<void> stall_in_handshake(HttpsWorld& world, io::Shard& shard, std::size_t count,
                                  bool drip) {
    auto peer = co_await BytePeer::connect(shard, https_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    const MonotonicTime start = shard.now();
    const auto session = world.clients.connect("mcp.example.com");
    session->start();
    std::string_view rest = session->output();
    bool open = count == 0 || co_await peer->send(std::string(rest.substr(0, count)));
    rest.remove_prefix(count);
    while (open && drip && !peer->stream().peer_ended() && !rest.empty()) {
        open = co_await peer->send(std::string(rest.substr(0, 1)));
        rest.remove_prefix(1);
        co_await io::Sleep(shard, milliseconds{500});
    }
    EXPECT_EQ(co_await peer->take_to_end(), "");
    EXPECT_LE(shard.now() - start, seconds{13});
    co_await peer->close();
}

TEST(SimulatedHttpsServer, EndsEveryStalledHandshakeByTheDeadlineOfAHeader) {
    for (const std::uint64_t seed : seeds(30)) {
        HttpsWorld world(tls_parts());
        Simulation sim(seed, 2, {.faults = FaultRates::harmless()});
        world.start_tls(sim);
        for (const std::size_t count : {0, 3, 200}) {
            for (const bool drip : {false, true}) {
                sim.start_client([&, count, drip](io::Shard& shard) {
                    return stall_in_handshake(world, shard, count, drip);
                });
            }
        }
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.failed_handshakes, 6u);
        EXPECT_EQ(world.service.started, 0u);
        if (HasFailure()) return;
    }
}

io::Task<void> idle_after_handshake(HttpsWorld& world, io::Shard& shard) {
    auto peer = co_await world.connect(shard);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    const MonotonicTime start = shard.now();
    EXPECT_EQ(co_await peer->take_to_end(), "");
    EXPECT_EQ(peer->error().code, 0) << "the end was not announced";
    EXPECT_GE(shard.now() - start, seconds{74});
    EXPECT_LE(shard.now() - start, seconds{77});
    co_await peer->close();
}

TEST(SimulatedHttpsServer, GivesAnIdleConnectionItsTimeAndThenAnnouncesTheEnd) {
    for (const std::uint64_t seed : seeds(30)) {
        HttpsWorld world(tls_parts());
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        world.start_tls(sim);
        sim.start_client([&](io::Shard& shard) { return idle_after_handshake(world, shard); });
        ASSERT_TRUE(sim.run());
        if (HasFailure()) return;
    }
}

/// A request whose connection ends in the middle of its body, with or without a word.
io::Task<void> end_in_body(HttpsWorld& world, io::Shard& shard, bool announced) {
    auto peer = co_await world.connect(shard);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    EXPECT_TRUE(co_await peer->send(
        "POST /answer HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly a part"));
    if (announced) {
        peer->stream().end_sending();
        const HttpAnswer answer = co_await read_answer(*peer);
        EXPECT_EQ(answer.status, 400);
    }
    co_await peer->close();
}

TEST(SimulatedHttpsServer, TakesNoCutOffRequestForAWholeOne) {
    for (const std::uint64_t seed : seeds(30)) {
        HttpsWorld world(tls_parts());
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        world.start_tls(sim);
        for (const bool announced : {false, true}) {
            sim.start_client(
                [&, announced](io::Shard& shard) { return end_in_body(world, shard, announced); });
        }
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.started, 0u);
        if (HasFailure()) return;
    }
}

/// close_notify behind the requests is no departure.
io::Task<void> end_behind_requests(HttpsWorld& world, io::Shard& shard) {
    auto peer = co_await world.connect(shard);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    const std::string path[] = {"/slow", "/streams", "/slow/again"};
    for (const std::string& one : path) {
        EXPECT_TRUE(co_await peer->send("GET " + one + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    peer->stream().end_sending();
    for (const std::string& one : path) {
        const HttpAnswer answer = co_await read_answer(*peer);
        EXPECT_TRUE(answer.complete) << one;
        EXPECT_EQ(answer.body, expected_body("GET", one, ""));
    }
    co_await peer->close();
}

TEST(SimulatedHttpsServer, AnswersAClientThatHasEndedItsDirection) {
    for (const std::uint64_t seed : seeds(30)) {
        HttpsWorld world(tls_parts());
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        world.start_tls(sim);
        sim.start_client([&](io::Shard& shard) { return end_behind_requests(world, shard); });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.tally.cut_off, 0u);
        if (HasFailure()) return;
    }
}

io::Task<void> speak_plainly(io::Shard& shard, std::string request) {
    auto peer = co_await BytePeer::connect(shard, https_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    EXPECT_TRUE(co_await peer->send(request));
    const HttpAnswer answer = co_await read_answer(*peer);
    EXPECT_EQ(answer.status, 400);
    EXPECT_TRUE(answer.body.contains("HTTPS port")) << answer.body;
    EXPECT_EQ(answer.field("strict-transport-security"), "");
    EXPECT_EQ(co_await peer->take_to_end(), "");
    co_await peer->close();
}

TEST(SimulatedHttpsServer, TellsPlainClientsWhatThePortSpeaks) {
    for (const std::uint64_t seed : seeds(30)) {
        HttpsWorld world(tls_parts());
        world.settings.hsts = seconds{60};
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        world.start_tls(sim);
        sim.start_client([](io::Shard& shard) {
            return speak_plainly(shard, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        });
        sim.start_client([](io::Shard& shard) {
            return speak_plainly(shard, "POST / HTTP/1.1\r\n\r\n" + std::string(5000, 'b'));
        });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.started, 0u);
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace sluice::simulation
