// Whole HTTP servers under faults: every request gets exactly its answer, in order, or none.
#include <gtest/gtest.h>

#include "tests/sim/http_world.h"

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
    const std::size_t count = dice.between(1, 12);
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
io::Task<void> pipeline(io::Shard& shard, Work& work) {
    auto peer = co_await BytePeer::connect(shard, http_address);
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

TEST(SimulatedHttpServer, AnswersPipelinedRequestsInOrderUnderHarmlessFaults) {
    for (const std::uint64_t seed : seeds()) {
        HttpWorld world;
        std::vector<Work> all(5);
        std::size_t requests = 0;
        Simulation sim(seed, 2,
                       {.faults = FaultRates::harmless(),
                        .client_shards = 2,
                        .buffers = 1 + static_cast<unsigned>(seed % 8)});
        sim.network().set_queue_bytes(sim.dice().between(200, 20'000));
        world.start(sim);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] = random_work(sim.dice());
            requests += all[i].requests.size();
            sim.start_client([&, i](io::Shard& shard) { return pipeline(shard, all[i]); }, i % 2);
        }
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.ended, requests);
        EXPECT_EQ(world.tally.finished, requests);
        EXPECT_EQ(world.tally.cut_off, 0u);
        if (HasFailure()) return;
    }
}

TEST(SimulatedHttpServer, NeverMixesAnswersUpWhenConnectionsBreak) {
    unsigned answered = 0;
    std::size_t requests = 0;
    for (const std::uint64_t seed : seeds()) {
        HttpWorld world;
        std::vector<Work> all(5);
        Simulation sim(seed, 2, {.faults = FaultRates::some(), .client_shards = 2});
        sim.network().set_queue_bytes(sim.dice().between(200, 20'000));
        world.start(sim);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] = random_work(sim.dice());
            all[i].may_break = true;
            requests += all[i].requests.size();
            sim.start_client([&, i](io::Shard& shard) { return pipeline(shard, all[i]); }, i % 2);
        }
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.started, world.service.ended);
        for (const Work& work : all) answered += work.answered;
        if (HasFailure()) return;
    }
    EXPECT_GT(answered, requests / 2);
    if (seed_count() >= 100) EXPECT_LT(answered, requests);
}

/// Sends the bytes, then nothing more; expects the connection to end in time.
io::Task<void> stall(io::Shard& shard, std::string bytes, int status, Duration at_most) {
    auto peer = co_await BytePeer::connect(shard, http_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    const MonotonicTime start = shard.now();
    if (!bytes.empty()) EXPECT_TRUE(co_await peer->send(bytes));
    const HttpAnswer answer = co_await read_answer(*peer);
    EXPECT_EQ(answer.status, status) << bytes;
    if (status == 200) EXPECT_EQ((co_await read_answer(*peer)).status, 408) << "the next request";
    EXPECT_EQ(co_await peer->take_to_end(), "");
    EXPECT_LE(shard.now() - start, at_most) << bytes;
    co_await peer->close();
}

TEST(SimulatedHttpServer, EndsEveryStalledRequestByItsDeadline) {
    for (const std::uint64_t seed : seeds(50)) {
        HttpWorld world;
        Simulation sim(seed, 2, {.faults = FaultRates::harmless(), .client_shards = 2});
        world.start(sim);
        const auto start = [&](std::string bytes, int status, Duration at_most) {
            sim.start_client([=](io::Shard& shard) { return stall(shard, bytes, status, at_most); },
                             static_cast<unsigned>(sim.dice().below(2)));
        };
        start("", 0, seconds{77});
        start("GET /answer HTTP/1.1\r\nHost: a", 408, seconds{12});
        start("POST /answer HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345", 408,
              seconds{13});
        start("POST /answer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12", 408,
              seconds{13});
        start("GET /answer HTTP/1.1\r\nHost: a\r\n\r\nGET /", 200, seconds{13});
        ASSERT_TRUE(sim.run());
        if (HasFailure()) return;
    }
}

/// One byte at a time, for ever: more than a timeout of each read is needed.
io::Task<void> drip(io::Shard& shard, std::string head, Duration at_most) {
    auto peer = co_await BytePeer::connect(shard, http_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    const MonotonicTime start = shard.now();
    std::string bytes = std::move(head);
    while (co_await peer->send(std::move(bytes))) {
        bytes = "x";
        co_await io::Sleep(shard, milliseconds{300});
        if (peer->stream().peer_ended()) break;
    }
    EXPECT_LE(shard.now() - start, at_most);
    co_await peer->close();
}

TEST(SimulatedHttpServer, EndsRequestsThatDripIn) {
    for (const std::uint64_t seed : seeds(50)) {
        HttpWorld world;
        Simulation sim(seed, 2, {.faults = FaultRates::harmless()});
        world.start(sim);
        sim.start_client([](io::Shard& shard) {
            return drip(shard, "GET /answer HTTP/1.1\r\nHost: a\r\nX-Long: ", seconds{15});
        });
        sim.start_client([](io::Shard& shard) {
            return drip(shard, "POST /answer HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
                        seconds{15});
        });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.service.started, 0u);
        if (HasFailure()) return;
    }
}

/// Asks for much and reads none of it.
io::Task<void> never_read(io::Shard& shard) {
    auto peer = co_await BytePeer::connect(shard, http_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    std::string requests;
    for (int i = 0; i < 100; ++i) {
        requests += "GET /stream/abcdef HTTP/1.1\r\nHost: a\r\n\r\n";  // answers of 60 times that
    }
    static_cast<void>(co_await peer->send(requests));
    co_await io::Sleep(shard, seconds{60});
    co_await peer->close();
}

TEST(SimulatedHttpServer, GivesUpOnClientsThatDoNotRead) {
    for (const std::uint64_t seed : seeds(50)) {
        HttpWorld world;
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        sim.network().set_queue_bytes(500);
        world.start(sim);
        sim.start_client(never_read);
        sim.start_client([&](io::Shard& shard) -> io::Task<void> {
            co_await io::Sleep(shard, seconds{50});
            EXPECT_GE(world.tally.cut_off, 1u);
            EXPECT_EQ(world.service.started, world.service.ended);
        });
        ASSERT_TRUE(sim.run());
        if (HasFailure()) return;
    }
}

io::Task<void> leave_in_the_middle(io::Shard& shard, HttpWorld& world, bool half_closed) {
    auto peer = co_await BytePeer::connect(shard, http_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    EXPECT_TRUE(co_await peer->send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    co_await io::Sleep(shard, seconds{3});
    if (half_closed) peer->stream().end_sending();
    co_await io::Sleep(shard, seconds{3});
    EXPECT_EQ(world.service.given_up, 0u);
    peer->stream().reset_on_close();
    co_await peer->close();
    co_await io::Sleep(shard, seconds{2});
    EXPECT_EQ(world.service.given_up, 1u) << "the handler should know that the client has left";
}

TEST(SimulatedHttpServer, TellsAHandlerThatItsClientHasLeft) {
    for (const std::uint64_t seed : seeds(50)) {
        HttpWorld world;
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        world.start(sim);
        const bool half = sim.dice().chance(500);
        sim.start_client(
            [&, half](io::Shard& shard) { return leave_in_the_middle(shard, world, half); });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.tally.cut_off, 1u);
        if (HasFailure()) return;
    }
}

/// Asks until the server ends the connection; every request that began is answered whole.
io::Task<void> ask_until_drained(io::Shard& shard, unsigned& answered, unsigned& unanswered) {
    auto peer = co_await BytePeer::connect(shard, http_address);
    if (!peer) co_return;
    for (;;) {
        if (!co_await peer->send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")) break;
        const HttpAnswer answer = co_await read_answer(*peer);
        if (answer.complete) {
            ++answered;
            EXPECT_EQ(answer.body, expected_body("GET", "/slow", ""));
        } else {
            EXPECT_EQ(answer.head, "") << "cut off in the middle";
            ++unanswered;
        }
        if (!answer.complete || answer.field("connection") == "close") break;
    }
    co_await peer->close();
}

TEST(SimulatedHttpServer, DrainFinishesWhatHasBegunAndEndsTheRest) {
    for (const std::uint64_t seed : seeds()) {
        HttpWorld world;
        Simulation sim(seed, 2, {.faults = FaultRates::harmless(), .client_shards = 2});
        world.start(sim);
        unsigned answered = 0;
        unsigned unanswered = 0;
        for (unsigned i = 0; i < 6; ++i) {
            sim.start_client(
                [&](io::Shard& shard) { return ask_until_drained(shard, answered, unanswered); },
                i % 2);
        }
        sim.start_client(
            [](io::Shard& shard) { return stall(shard, "", 0, seconds{10}); });  // idle
        sim.start_client([&](io::Shard& shard) -> io::Task<void> {
            co_await io::Sleep(shard, milliseconds{3000 + sim.dice().below(1000)});
            sim.request_stop();
        });
        ASSERT_TRUE(sim.run());
        EXPECT_LE(sim.elapsed(), seconds{10});
        EXPECT_GE(answered, 6u);
        EXPECT_EQ(world.tally.finished, answered);
        EXPECT_EQ(world.tally.cut_off, 0u);
        if (HasFailure()) return;
    }
}

/// Connects once, at some time; whoever gets in gets an answer.
io::Task<void> ask_around_the_stop(io::Shard& shard, Duration after, unsigned& let_in) {
    co_await io::Sleep(shard, after);
    auto peer = co_await BytePeer::connect(shard, http_address, 1);
    if (!peer) co_return;
    ++let_in;
    EXPECT_TRUE(co_await peer->send("GET /answer HTTP/1.1\r\nHost: a\r\n\r\n"));
    const HttpAnswer answer = co_await read_answer(*peer);
    EXPECT_TRUE(answer.complete) << "let in and not answered";
    EXPECT_EQ(answer.body, expected_body("GET", "/answer", ""));
    co_await peer->close();
}

TEST(SimulatedHttpServer, AnswersWhoeverWasLetInBeforeTheStop) {
    constexpr unsigned clients = 30;
    for (const std::uint64_t seed : seeds()) {
        HttpWorld world;
        Simulation sim(seed, 2, {.faults = FaultRates::harmless()});
        world.start(sim);
        unsigned let_in = 0;
        for (unsigned i = 0; i < clients; ++i) {
            const Duration after = milliseconds{950 + sim.dice().below(100)};
            sim.start_client(
                [&, after](io::Shard& shard) { return ask_around_the_stop(shard, after, let_in); });
        }
        sim.start_client([&](io::Shard& shard) -> io::Task<void> {
            co_await io::Sleep(shard, seconds{1});
            sim.request_stop();
        });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(world.tally.finished, let_in);
        EXPECT_GT(let_in, 0u);
        EXPECT_LT(let_in, clients);
        if (HasFailure()) return;
    }
}

io::Task<void> ask_for_ever(io::Shard& shard, Duration& took) {
    auto peer = co_await BytePeer::connect(shard, http_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    EXPECT_TRUE(co_await peer->send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    const MonotonicTime start = shard.now();
    const HttpAnswer answer = co_await read_answer(*peer);
    EXPECT_FALSE(answer.complete);
    took = shard.now() - start;
    co_await peer->close();
}

TEST(SimulatedHttpServer, DrainEndsWhatDoesNotFinishInTime) {
    for (const std::uint64_t seed : seeds(50)) {
        HttpWorld world;
        Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
        world.start(sim);
        Duration took{};
        sim.start_client([&](io::Shard& shard) { return ask_for_ever(shard, took); });
        sim.start_client([&](io::Shard& shard) -> io::Task<void> {
            co_await io::Sleep(shard, seconds{10});
            sim.request_stop();
        });
        ASSERT_TRUE(sim.run());
        EXPECT_GE(took, seconds{14});
        EXPECT_LE(took, seconds{16});
        EXPECT_EQ(world.service.given_up, 1u);
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace sluice::simulation
