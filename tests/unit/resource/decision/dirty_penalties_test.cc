#include "resource/decision/dirty_penalties.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::resource {
namespace {

CallerKey caller(int number) {
    return CallerKey::of("https://box.example", "agent", std::to_string(number));
}

friction::Penalty penalty_of(double friction) {
    return {.last_call = friction::Moment(1), .tools = {{friction::ToolId::listed(0), friction}}};
}

class Book : public ::testing::Test {
protected:
    std::vector<PenaltyChange> take(std::size_t count_max = 100) {
        return dirty_.take(count_max, [this](const CallerKey& key) { return penalties_[key]; });
    }
    std::optional<friction::Penalty>& penalty(int number) { return penalties_[caller(number)]; }

    DirtyPenalties dirty_{1000};

private:
    std::unordered_map<CallerKey, std::optional<friction::Penalty>, CallerKey::Hash> penalties_;
};

TEST_F(Book, TellsAChangeOnce) {
    penalty(1) = penalty_of(0.5);
    dirty_.note(caller(1));
    dirty_.note(caller(1));
    const auto changes = take();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].caller, caller(1));
    EXPECT_EQ(changes[0].penalty, penalty_of(0.5));
    EXPECT_EQ(take().size(), 0U);
    dirty_.note(caller(1));
    EXPECT_EQ(take().size(), 0U) << "nothing changed";
}

TEST_F(Book, NoticesByItselfWhatFadedAway) {
    for (int i = 0; i < 20; ++i) {
        penalty(i) = penalty_of(0.5);
        dirty_.note(caller(i));
    }
    EXPECT_EQ(take().size(), 20U);
    penalty(7) = friction::Penalty{};
    const auto changes = take();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].caller, caller(7));
    EXPECT_FALSE(changes[0].penalty);
    EXPECT_EQ(take().size(), 0U);
}

TEST_F(Book, LeavesWhatIsForgottenHereToItsOwnEnd) {
    penalty(1) = penalty_of(0.5);
    dirty_.note(caller(1));
    EXPECT_EQ(take().size(), 1U);
    penalty(1).reset();
    EXPECT_EQ(take().size(), 0U);
    penalty(1) = penalty_of(0.5);
    dirty_.note(caller(1));
    EXPECT_EQ(take().size(), 1U) << "it may have come to its end";
}

TEST_F(Book, GivesSoManyAtOnceAndForgetsNone) {
    for (int i = 0; i < 10; ++i) {
        penalty(i) = penalty_of(0.5);
        dirty_.note(caller(i));
    }
    EXPECT_EQ(take(4).size(), 4U);
    EXPECT_EQ(take(4).size(), 4U);
    EXPECT_EQ(take(4).size(), 2U);
}

TEST_F(Book, TellsWhatIsInDoubtWhateverItIs) {
    penalty(1) = penalty_of(0.5);
    dirty_.enter(caller(1), penalty_of(0.5));
    EXPECT_EQ(take().size(), 0U);
    dirty_.doubt(caller(1));
    EXPECT_EQ(take().size(), 1U);
    dirty_.doubt(caller(2));
    const auto changes = take();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_FALSE(changes[0].penalty);
}

TEST_F(Book, IsBounded) {
    DirtyPenalties small(2);
    for (int i = 0; i < 10; ++i) small.note(caller(i));
    EXPECT_LE(small.take(100, [](const CallerKey&) { return penalty_of(0.5); }).size(), 2U);
}

}  // namespace
}  // namespace sluice::resource
