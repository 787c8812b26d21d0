#include "resource/debt_book.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::resource {
namespace {

CallerKey caller(int number) {
    return CallerKey::of("https://box.example", "agent", std::to_string(number));
}

friction::Debt owing(double friction) {
    return {.last_call = friction::Moment(1), .owed = {{friction::ToolId::listed(0), friction}}};
}

class Book : public ::testing::Test {
protected:
    std::vector<DebtChange> take(std::size_t count_max = 100) {
        return book_.take(count_max, [this](const CallerKey& key) { return owed_[key]; });
    }
    std::optional<friction::Debt>& owed(int number) { return owed_[caller(number)]; }

    DebtBook book_{1000};

private:
    std::unordered_map<CallerKey, std::optional<friction::Debt>, CallerKey::Hash> owed_;
};

TEST_F(Book, TellsAChangeOnce) {
    owed(1) = owing(0.5);
    book_.note(caller(1));
    book_.note(caller(1));
    const auto changes = take();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].caller, caller(1));
    EXPECT_EQ(changes[0].debt, owing(0.5));
    EXPECT_EQ(take().size(), 0U);
    book_.note(caller(1));
    EXPECT_EQ(take().size(), 0U) << "nothing changed";
}

TEST_F(Book, NoticesByItselfWhatFadedAway) {
    for (int i = 0; i < 20; ++i) {
        owed(i) = owing(0.5);
        book_.note(caller(i));
    }
    EXPECT_EQ(take().size(), 20U);
    owed(7) = friction::Debt{};
    const auto changes = take();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].caller, caller(7));
    EXPECT_FALSE(changes[0].debt);
    EXPECT_EQ(take().size(), 0U);
}

TEST_F(Book, LeavesWhatIsForgottenHereToItsOwnEnd) {
    owed(1) = owing(0.5);
    book_.note(caller(1));
    EXPECT_EQ(take().size(), 1U);
    owed(1).reset();
    EXPECT_EQ(take().size(), 0U);
    owed(1) = owing(0.5);
    book_.note(caller(1));
    EXPECT_EQ(take().size(), 1U) << "it may have come to its end";
}

TEST_F(Book, GivesSoManyAtOnceAndForgetsNone) {
    for (int i = 0; i < 10; ++i) {
        owed(i) = owing(0.5);
        book_.note(caller(i));
    }
    EXPECT_EQ(take(4).size(), 4U);
    EXPECT_EQ(take(4).size(), 4U);
    EXPECT_EQ(take(4).size(), 2U);
}

TEST_F(Book, TellsWhatIsInDoubtWhateverItIs) {
    owed(1) = owing(0.5);
    book_.enter(caller(1), owing(0.5));
    EXPECT_EQ(take().size(), 0U);
    book_.doubt(caller(1));
    EXPECT_EQ(take().size(), 1U);
    book_.doubt(caller(2));
    const auto changes = take();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_FALSE(changes[0].debt);
}

TEST_F(Book, IsBounded) {
    DebtBook small(2);
    for (int i = 0; i < 10; ++i) small.note(caller(i));
    EXPECT_LE(small.take(100, [](const CallerKey&) { return owing(0.5); }).size(), 2U);
}

}  // namespace
}  // namespace sluice::resource
