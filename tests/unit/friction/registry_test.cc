#include "friction/registry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "support.h"

namespace sluice::friction {
namespace {

RawFrictionConfig small_config(int clients) {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 0.8;
    raw.max_clients = clients;
    raw.penalty_ttl_seconds = 100;
    raw.penalty_min_friction = 0.3;
    return raw;
}

class Gateway {
public:
    explicit Gateway(const RawFrictionConfig& raw)
        : config(valid(raw)), registry(config, test_hash_key) {}

    Decision call(std::string_view client, double seconds = 0, std::string_view tool = "write") {
        return registry.check_and_record(client, config.tool(tool), at(seconds));
    }

    FrictionConfig config;
    Registry registry;
};

TEST(Registry, ClientsAreIndependent) {
    Gateway gateway(small_config(10));
    gateway.call("a");
    EXPECT_GT(gateway.call("a").friction, 0);
    EXPECT_EQ(gateway.call("b").friction, 0);
    EXPECT_EQ(gateway.registry.size(), 2U);
}

TEST(Registry, FullItEvictsTheClientSeenLongestAgo) {
    Gateway gateway(small_config(2));
    gateway.call("a");
    gateway.call("b");
    gateway.call("a");
    gateway.call("c");
    EXPECT_EQ(gateway.registry.size(), 2U);
    EXPECT_NE(gateway.registry.find("a"), nullptr);
    EXPECT_EQ(gateway.registry.find("b"), nullptr);
    EXPECT_NE(gateway.registry.find("c"), nullptr);
}

TEST(Registry, ARefusedCallCountsAsSeen) {
    Gateway gateway(small_config(2));
    while (gateway.call("a").allowed) continue;
    gateway.call("b");
    EXPECT_FALSE(gateway.call("a").allowed);
    gateway.call("c");
    EXPECT_NE(gateway.registry.find("a"), nullptr);
}

TEST(Registry, AnEvictedClientReturnsWithItsFriction) {
    Gateway gateway(small_config(1));
    gateway.call("a");
    const double friction = gateway.registry.find("a")->frictions()[0];
    EXPECT_EQ(friction, 0.4);
    gateway.call("b", 50);
    EXPECT_EQ(gateway.registry.penalties(), 1U);
    EXPECT_EQ(gateway.call("a", 150).friction, friction);
    EXPECT_EQ(gateway.registry.find("b"), nullptr);
}

TEST(Registry, APenaltyEndsWithItsTimeToLive) {
    Gateway gateway(small_config(1));
    gateway.call("a");
    gateway.call("b", 50);
    EXPECT_EQ(gateway.call("a", 150.01).friction, 0);
}

TEST(Registry, APenaltyIsGivenBackOnce) {
    Gateway gateway(small_config(1));
    gateway.call("a");
    gateway.call("b", 1, "read");
    gateway.call("a", 2, "read");  // back, and down to friction 0 with calls of other tools
    for (int i = 0; i < 20; ++i) gateway.call("a", 2, "read");
    EXPECT_EQ(gateway.registry.find("a")->frictions()[0], 0);
    gateway.call("b", 3, "read");
    EXPECT_EQ(gateway.call("a", 4).friction, 0);
}

TEST(Registry, FrictionBelowTheMinimumIsNotKept) {
    RawFrictionConfig raw = small_config(1);
    raw.penalty_min_friction = 0.41;
    Gateway gateway(raw);
    gateway.call("a");
    gateway.call("b");
    EXPECT_EQ(gateway.registry.penalties(), 0U);
    EXPECT_EQ(gateway.call("a").friction, 0);
}

TEST(Registry, WithoutATimeToLiveNothingIsKept) {
    RawFrictionConfig raw = small_config(1);
    raw.penalty_ttl_seconds = 0;
    Gateway gateway(raw);
    gateway.call("a");
    gateway.call("b");
    EXPECT_EQ(gateway.registry.penalties(), 0U);
    EXPECT_EQ(gateway.call("a").friction, 0);
}

TEST(Registry, KeptFrictionDecaysWhereIdleTimeCounts) {
    RawFrictionConfig raw = small_config(1);
    raw.time_decay_rate = 0.01;
    for (const bool recovers : {true, false}) {
        raw.recover_while_idle = recovers;
        Gateway gateway(raw);
        gateway.call("a", 0);
        gateway.call("b", 30);
        EXPECT_DOUBLE_EQ(gateway.call("a", 50).friction, recovers ? 0.4 * std::exp(-0.5) : 0.4);
    }
}

TEST(Registry, AnEvictionGivesTheNewClientACleanController) {
    Gateway gateway(small_config(1));
    for (int i = 0; i < 5; ++i) gateway.call("a");
    const Decision decision = gateway.call("b");
    EXPECT_EQ(decision.friction, 0);
    EXPECT_EQ(decision.current_rate, 0);
}

TEST(Registry, AFloodOfClientsStaysWithinItsBounds) {
    Gateway gateway(small_config(100));
    for (int i = 0; i < 20'000; ++i) gateway.call("client-" + std::to_string(i), i * 1e-3);
    EXPECT_EQ(gateway.registry.size(), 100U);
    EXPECT_LE(gateway.registry.penalties(), 1024U);
    EXPECT_GT(gateway.registry.penalties(), 900U);
}

TEST(Registry, ExpiredPenaltiesMakeRoomByThemselves) {
    Gateway gateway(small_config(1));
    for (int i = 0; i < 500; ++i) gateway.call("client-" + std::to_string(i), i);
    EXPECT_LE(gateway.registry.penalties(), 101U);
}

TEST(Registry, AFloodOfClientsWithLessFrictionWashesNobodysOff) {
    RawFrictionConfig raw = small_config(1000);
    raw.tools.push_back({.name = "drop", .target_rate = 0, .hard_block_threshold = 1});
    Gateway gateway(raw);
    std::map<std::string, double> penalties;
    for (int i = 0; i < 24; ++i) {
        const std::string client = "agent-" + std::to_string(i);
        gateway.call(client, 0, "drop");
        penalties[client] = gateway.registry.find(client)->frictions()[1];
        ASSERT_GT(penalties[client], 0.7);
    }
    // Each of the flood reaches 0.4, which is kept, and there are three times as many as fit.
    for (int i = 0; i < 6'000; ++i) gateway.call("flood-" + std::to_string(i), i * 1e-3);
    EXPECT_EQ(gateway.registry.size(), 1000U);
    EXPECT_EQ(gateway.registry.penalties(), 1024U);
    for (const auto& [client, friction] : penalties) {
        EXPECT_EQ(gateway.registry.find(client), nullptr);
        EXPECT_EQ(gateway.call(client, 10, "drop").friction, friction);
    }
}

TEST(Registry, AFloodOfClientsWithoutFrictionTakesNoPlaceAmongThePenalties) {
    Gateway gateway(small_config(10));
    gateway.call("a");
    for (int i = 0; i < 50'000; ++i) {
        gateway.call("flood-" + std::to_string(i), i * 1e-3, "read");
    }
    EXPECT_EQ(gateway.registry.penalties(), 1U);
    EXPECT_EQ(gateway.call("a", 50).friction, 0.4);
}

TEST(Registry, ABatchIsAdmittedAsItsCallsWouldBeOneByOne) {
    Gateway together(small_config(20));
    Gateway apart(small_config(20));
    SeededRandom random(5);
    for (int round = 0; round < 30; ++round) {
        std::vector<std::string> clients;
        for (int i = 0; i < 40; ++i) clients.push_back(std::to_string(random.next_u64() % 30));
        std::vector<Registry::Call> calls;
        for (const std::string& client : clients) {
            calls.push_back({client, together.config.tool(client < "2" ? "read" : "write")});
        }
        std::vector<Admission> admissions(calls.size());
        together.registry.admit(calls, at(round), admissions);
        for (std::size_t i = 0; i < calls.size(); ++i) {
            const auto& [client, tool, justification] = calls[i];
            const Admission one = apart.registry.admit(client, tool, at(round), justification);
            ASSERT_EQ(admissions[i].decision.friction, one.decision.friction) << round;
            ASSERT_EQ(admissions[i].decision.current_rate, one.decision.current_rate);
            ASSERT_EQ(admissions[i].forward, one.forward);
        }
    }
    EXPECT_EQ(together.registry.penalties(), apart.registry.penalties());
}

TEST(Registry, AFloodOfToolNamesChangesNothingInSize) {
    Gateway gateway(small_config(1));
    gateway.call("a");
    for (int i = 0; i < 20'000; ++i) gateway.call("a", 0, "tool-" + std::to_string(i));
    EXPECT_EQ(gateway.registry.size(), 1U);
    EXPECT_EQ(gateway.registry.find("a")->window_rate(gateway.config.tool("write")), 0);
}

TEST(Registry, AForgottenClientStartsAnew) {
    Gateway gateway(small_config(1));
    gateway.call("a");
    gateway.call("b");
    gateway.registry.forget("a");
    EXPECT_EQ(gateway.registry.penalties(), 0U);
    gateway.registry.forget("b");
    EXPECT_EQ(gateway.registry.size(), 0U);
    EXPECT_EQ(gateway.call("b").friction, 0);
    EXPECT_EQ(gateway.call("a").friction, 0);
}

TEST(Registry, AnUnknownClientIsNotMadeByLookingForIt) {
    const Gateway gateway(small_config(1));
    EXPECT_EQ(gateway.registry.find("a"), nullptr);
    EXPECT_EQ(gateway.registry.size(), 0U);
}

}  // namespace
}  // namespace sluice::friction
