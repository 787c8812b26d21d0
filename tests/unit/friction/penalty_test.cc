// Penalties, stored and restored: as after a restart.
#include "friction/penalty.h"

#include <gtest/gtest.h>

#include "friction/registry.h"
#include "support.h"

namespace sluice::friction {
namespace {

RawFrictionConfig raw_config() {
    RawFrictionConfig raw = plain_config();
    raw.adjustment_rate = 0.8;
    raw.max_clients = 2;
    raw.penalty_ttl_seconds = 100;
    raw.penalty_min_friction = 0.3;
    return raw;
}

class Penalties : public ::testing::Test {
protected:
    Decision call(Registry& registry, std::string_view client, double seconds) {
        return registry.check_and_record(client, config_.tool("write"), at(seconds));
    }

    FrictionConfig config_ = valid(raw_config());
    Registry before_{config_, test_hash_key};
    Registry after_{config_, test_hash_key};
};

TEST_F(Penalties, AreOfThePresentAndOfTheEvicted) {
    EXPECT_FALSE(before_.penalty("a", at(0)));
    call(before_, "a", 0);
    const auto present = before_.penalty("a", at(1));
    ASSERT_TRUE(present);
    EXPECT_EQ(present->last_call, at(0));
    ASSERT_EQ(present->tools.size(), 1U);
    EXPECT_EQ(present->tools[0].friction, before_.find("a")->frictions()[0]);
    call(before_, "b", 1);
    call(before_, "c", 2);
    ASSERT_EQ(before_.find("a"), nullptr);
    EXPECT_EQ(before_.penalty("a", at(2)), present);
}

TEST_F(Penalties, BelowTheLeastThatIsKeptAreNone) {
    RawFrictionConfig raw = raw_config();
    raw.penalty_min_friction = 0.9;
    config_ = valid(raw);
    call(before_, "a", 0);
    EXPECT_GT(before_.find("a")->frictions()[0], 0);
    EXPECT_FALSE(before_.penalty("a", at(0)));
}

TEST_F(Penalties, ComeBackToAClientThatIsSeenAgain) {
    call(before_, "a", 0);
    after_.restore("a", before_.penalty("a", at(0)).value(), at(5));
    EXPECT_EQ(call(after_, "a", 6).friction, call(before_, "a", 6).friction);
    EXPECT_EQ(call(after_, "b", 6).friction, 0);
}

TEST_F(Penalties, ReachAClientThatWasQuickerThanTheyWere) {
    while (call(before_, "a", 0).friction < 0.7) continue;
    const Penalty penalty = before_.penalty("a", at(0)).value();
    EXPECT_EQ(call(after_, "a", 1).friction, 0);
    const double own = after_.find("a")->frictions()[0];
    after_.restore("a", penalty, at(1));
    EXPECT_GT(after_.find("a")->frictions()[0], own);
    EXPECT_EQ(after_.find("a")->last_call(), at(1));
    // What is more stays.
    const double most = after_.find("a")->frictions()[0];
    after_.restore("a", Penalty{.last_call = at(1), .tools = {{penalty.tools[0].id, 0.31}}}, at(1));
    EXPECT_EQ(after_.find("a")->frictions()[0], most);
}

TEST_F(Penalties, EndWithTheirTimeToLive) {
    call(before_, "a", 0);
    const Penalty penalty = before_.penalty("a", at(0)).value();
    after_.restore("a", penalty, at(101));
    EXPECT_FALSE(after_.penalty("a", at(101)));
    after_.restore("a", penalty, at(99));
    EXPECT_TRUE(after_.penalty("a", at(99)));
    EXPECT_FALSE(after_.penalty("a", at(101)));
}

TEST_F(Penalties, ShowAsWhatAnEvictedClientWouldComeBack) {
    call(before_, "a", 0);
    const double friction = before_.find("a")->frictions()[0];
    EXPECT_FALSE(before_.recall("a", at(0)));
    after_.restore("a", before_.penalty("a", at(0)).value(), at(0));
    const auto recalled = after_.recall("a", at(0));
    ASSERT_TRUE(recalled);
    EXPECT_EQ(recalled->frictions()[0], friction);
    EXPECT_EQ(after_.size(), 0U);
    after_.forget("a");
    EXPECT_FALSE(after_.recall("a", at(0)));
}

}  // namespace
}  // namespace sluice::friction
