// Which penalties are kept where there is room for no more.
#include "friction/penalty_store.h"

#include <gtest/gtest.h>

#include <string>

#include "support.h"

namespace sluice::friction {
namespace {

RawFrictionConfig raw_config() {
    RawFrictionConfig raw = plain_config();
    raw.max_clients = 2;
    raw.penalty_ttl_seconds = 100;
    raw.penalty_min_friction = 0.3;
    return raw;
}

class FullPenaltyStore : public ::testing::Test {
protected:
    FullPenaltyStore() {
        for (std::size_t i = 0; i < store_.capacity(); ++i) {
            store_.keep("client-" + std::to_string(i), of(0.5), at(0));
        }
    }
    static Penalty of(double friction) {
        return {.last_call = at(0), .tools = {{ToolId::listed(0), friction}}};
    }

    FrictionConfig config_ = valid(raw_config());
    PenaltyStore store_{config_, test_hash_key};
};

TEST_F(FullPenaltyStore, KeepsAPenaltyAgainstAnotherOfItsOwnRank) {
    ASSERT_EQ(store_.size(), store_.capacity());
    store_.keep("late", of(0.5), at(1));
    EXPECT_FALSE(store_.find("late", at(1)));
    EXPECT_EQ(store_.size(), store_.capacity());
    for (std::size_t i = 0; i < store_.capacity(); ++i) {
        EXPECT_TRUE(store_.find("client-" + std::to_string(i), at(1))) << i;
    }
}

TEST_F(FullPenaltyStore, GivesOnePlaceToAPenaltyOfHigherRankAndNoneToALower) {
    store_.keep("less", of(0.4), at(1));
    EXPECT_FALSE(store_.find("less", at(1)));
    store_.keep("more", of(0.6), at(1));
    EXPECT_EQ(store_.find("more", at(1)), of(0.6));
    EXPECT_EQ(store_.size(), store_.capacity());
}

TEST_F(FullPenaltyStore, HasRoomForANewPenaltyOfOneThatItHolds) {
    store_.keep("client-7", of(0.4), at(1));
    EXPECT_EQ(store_.find("client-7", at(1)), of(0.4));
    EXPECT_EQ(store_.size(), store_.capacity());
}

}  // namespace
}  // namespace sluice::friction
