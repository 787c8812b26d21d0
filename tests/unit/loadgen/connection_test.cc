// Connections of the load on a simulated network: every request gets its own answer, or is told to
// be lost.
#include "loadgen/connection.h"

#include <gtest/gtest.h>

#include "tests/sim/https_world.h"

namespace sluice::loadgen {
namespace {

using namespace simulation;

/// Asks for its paths on one connection after the other until every one was answered or
/// lost.
class Asker final : public ConnectionUser {
public:
    Asker(io::Shard& shard, const io::Address& address, unsigned depth, unsigned total, TlsUse* tls)
        : shard_(shard),
          address_(address),
          total_(total),
          connection_(shard.ring(), *this, 0, depth, false, tls),
          finished_(shard) {}

    io::Task<void> run() {
        connection_.open(address_, shard_.now());
        co_await finished_.wait();
    }

    unsigned answered = 0;
    unsigned lost = 0;
    unsigned wrong = 0;
    unsigned broken = 0;

private:
    /// Long answers, streamed ones and short ones.
    static std::string path_of(unsigned number) {
        const std::string digits = std::to_string(100 + number);
        if (number % 3 == 0) return "/lon" + digits;  // of seven characters
        return (number % 3 == 1 ? "/stream/" : "/p") + digits;
    }

    void ask() {
        while (asked_ < total_ && connection_.has_room()) {
            connection_.output() +=
                "GET " + path_of(asked_) + " HTTP/1.1\r\nHost: mcp.example.com\r\n\r\n";
            connection_.owe({shard_.now(), shard_.now(), static_cast<OperationId>(asked_++)});
        }
    }

    void on_connected(Connection&) override { ask(); }
    void on_answer(Connection&, Owed owed, const Answer& answer, bool keeps_alive) override {
        const bool right = answer.status == 200 &&
                           answer.body == expected_body("GET", path_of(owed.operation), "");
        wrong += right ? 0 : 1;
        ++answered;
        if (keeps_alive) ask();
        if (answered + lost == total_) connection_.close();
    }
    void on_stream(Connection&, const Answer&, std::string_view) override { ++wrong; }
    void on_broken(Connection& connection, Failure, std::string_view) override {
        ++broken;
        for (; connection.owes(); ++lost) connection.take_oldest();
    }
    void on_closed(Connection& connection) override {
        if (answered + lost == total_) return finished_.set();
        connection.open(address_, shard_.now());
    }

    io::Shard& shard_;
    io::Address address_;
    unsigned total_;
    unsigned asked_ = 0;
    Connection connection_;
    io::Event finished_;
};

struct Outcome {
    unsigned answered = 0;
    unsigned lost = 0;
    unsigned wrong = 0;
};

io::Task<void> ask_all(io::Shard& shard, io::Address address, unsigned depth, unsigned total,
                       const TlsParts* parts, Outcome& to) {
    std::optional<crypto::TlsClientContext> context;
    std::optional<TlsUse> tls;
    if (parts != nullptr) {
        context.emplace(parts->trust);
        tls.emplace(*context, "mcp.example.com");
    }
    Asker asker(shard, address, depth, total, tls ? &*tls : nullptr);
    co_await asker.run();
    to.answered += asker.answered;
    to.lost += asker.lost;
    to.wrong += asker.wrong;
}

constexpr unsigned requests = 40;

Simulation::Options options_for(std::uint64_t seed, FaultRates faults) {
    return {.faults = faults, .buffers = 1 + static_cast<unsigned>(seed % 8)};
}

TEST(LoadConnection, EveryRequestGetsItsAnswerUnderHarmlessFaults) {
    for (const std::uint64_t seed : seeds(40)) {
        HttpWorld world;
        Outcome outcome;
        Simulation sim(seed, 1, options_for(seed, FaultRates::harmless()));
        world.start(sim);
        const unsigned depth = 1 + static_cast<unsigned>(seed % 5);
        sim.start_client([&](io::Shard& shard) {
            return ask_all(shard, http_address, depth, requests, nullptr, outcome);
        });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(outcome.answered, requests);
        EXPECT_EQ(outcome.lost + outcome.wrong, 0U);
    }
}

TEST(LoadConnection, EveryRequestIsAnsweredOrLostWhereConnectionsBreak) {
    Outcome outcome;
    for (const std::uint64_t seed : seeds(40)) {
        HttpWorld world;
        Simulation sim(seed, 1, options_for(seed, FaultRates::some()));
        world.start(sim);
        const unsigned depth = 1 + static_cast<unsigned>(seed % 5);
        sim.start_client([&](io::Shard& shard) {
            return ask_all(shard, http_address, depth, requests, nullptr, outcome);
        });
        ASSERT_TRUE(sim.run());
    }
    EXPECT_EQ(outcome.answered + outcome.lost, requests * seed_count(40));
    EXPECT_EQ(outcome.wrong, 0U);
    if (seed_count(40) < 20) return;  // too few for what follows
    EXPECT_GT(outcome.lost, 0U);
    EXPECT_GT(outcome.answered, outcome.lost);
}

TEST(LoadConnection, SpeaksTlsUnderTheSameFaults) {
    const TlsParts parts;
    for (const std::uint64_t seed : seeds(10)) {
        HttpsWorld world(parts);
        Outcome outcome;
        Simulation sim(seed, 1, options_for(seed, FaultRates::harmless()));
        world.start_tls(sim);
        const unsigned depth = 1 + static_cast<unsigned>(seed % 5);
        sim.start_client([&](io::Shard& shard) {
            return ask_all(shard, https_address, depth, requests, &parts, outcome);
        });
        ASSERT_TRUE(sim.run());
        EXPECT_EQ(outcome.answered, requests);
        EXPECT_EQ(outcome.lost + outcome.wrong, 0U);
    }
}

}  // namespace
}  // namespace sluice::loadgen
